namespace Hero.Cpu.Runtime;

/// <summary>Work along lanes that do not depend on each other. <see cref="Run"/> is called for the steps of a lane in their order, by one thread at a time, not always the same one.</summary>
internal interface IRelayBody
{
    /// <summary>Steps <paramref name="from"/> to <paramref name="to"/> - 1 of a lane.</summary>
    void Run(int lane, int from, int to);
}

/// <summary>
/// Few long lanes on the <see cref="WorkerTeam"/>: they are cut into legs, and a thread that has finished one takes the lane that is
/// furthest behind. So nobody waits for a thread that gets less of its core than the others, as happens where lanes are items of a parallel loop.
/// </summary>
internal unsafe struct Relay<TBody> : IParallelBody where TBody : struct, IRelayBody
{
    /// <summary>Legs in all; that many lanes or more are run in one.</summary>
    private const int WantedLegs = 128;

    private TBody body;
    private int lanes, steps, legs;

    /// <summary>For each lane how many legs are done, inverted while a thread is at the next.</summary>
    private int* done;

    /// <summary>Runs all steps of all lanes.</summary>
    public static void Run(int lanes, int steps, in TBody body)
    {
        var done = stackalloc int[Math.Min(lanes, WantedLegs)];
        var relay = new Relay<TBody> { body = body, lanes = lanes, steps = steps, legs = Math.Clamp(WantedLegs / lanes, 1, steps), done = done };
        WorkerTeam.Default.For(lanes, ref relay);
    }

    /// <summary>What one thread does: with several legs, whatever there is to do, so that later items find nothing left.</summary>
    public void Run(int item)
    {
        if (lanes > WantedLegs) body.Run(item, 0, steps);
        else
            while (Take(out var lane, out var leg))
            {
                body.Run(lane, (int)((long)steps * leg / legs), (int)((long)steps * (leg + 1) / legs));
                Volatile.Write(ref done[lane], leg + 1);
            }
    }

    /// <summary>The lane furthest behind that no thread is at; false when there is none.</summary>
    private readonly bool Take(out int lane, out int leg)
    {
        do
        {
            (lane, leg) = (-1, legs);
            for (var i = 0; i < lanes; i++)
                if (Volatile.Read(ref done[i]) is >= 0 and var count && count < leg) (lane, leg) = (i, count);
            if (lane < 0) return false;
        }
        while (Interlocked.CompareExchange(ref done[lane], ~leg, leg) != leg);
        return true;
    }
}
