using Hero.Cpu.Runtime;

namespace Hero.Cpu.Kernels;

/// <summary>Fills memory with zeros on all threads.</summary>
internal unsafe struct Conv2DClear<T> : IParallelBody where T : unmanaged
{
    private const int ItemElements = 256 * 1024;

    private T* target;
    private nint count;

    public static void Run(T* target, nint count)
    {
        var body = new Conv2DClear<T> { target = target, count = count };
        WorkerTeam.Default.For((int)((count + ItemElements - 1) / ItemElements), ref body);
    }

    public readonly void Run(int item)
    {
        var start = (nint)item * ItemElements;
        new Span<T>(target + start, (int)Math.Min(ItemElements, count - start)).Clear();
    }
}
