using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Kernels;

/// <summary>Whole tensors of random numbers and dropout over whole tensors, in parallel.</summary>
internal static unsafe class RandomKernels
{
    /// <summary>Elements of an item of work: whole groups of random words.</summary>
    private const nint ItemElements = 16384;

    /// <summary>Elements 0 .. n - 1 of the stream (key, counter); float32 or float64.</summary>
    public static void Fill(Distribution distribution, DType type, void* dst, nint n, ulong key, ulong counter)
    {
        var body = new FillBody { Distribution = distribution, Type = type, Dst = dst, Count = n, Key = key, Counter = counter };
        WorkerTeam.Default.For((int)((n + ItemElements - 1) / ItemElements), ref body);
    }

    /// <summary>Dropout of elements 0 .. n - 1; float32, float64 or bfloat16; y may be x. The same stream gives the same mask.</summary>
    public static void Drop(DType type, void* y, void* x, nint n, float rate, ulong key, ulong counter)
    {
        var body = new DropBody { Type = type, Y = y, X = x, Count = n, Rate = rate, Key = key, Counter = counter };
        WorkerTeam.Default.For((int)((n + ItemElements - 1) / ItemElements), ref body);
    }

    private struct FillBody : IParallelBody
    {
        public Distribution Distribution;
        public DType Type;
        public void* Dst;
        public nint Count;
        public ulong Key, Counter;

        public readonly void Run(int item)
        {
            var start = item * ItemElements;
            var n = Math.Min(ItemElements, Count - start);
            if (Type == DType.Float32) Run((float*)Dst + start, n, start);
            else Run((double*)Dst + start, n, start);
        }

        private readonly void Run<T>(T* dst, nint n, nint start) where T : unmanaged, System.Numerics.INumber<T>
        {
            switch (Distribution)
            {
                case Distribution.Uniform: Philox.Uniform(dst, n, Key, Counter, start); break;
                case Distribution.Normal: Philox.Normal(dst, n, Key, Counter, start); break;
                default: Philox.TruncatedNormal(dst, n, Key, Counter, start); break;
            }
        }
    }

    /// <summary>Elements of bfloat16 that are widened at a time: they stay in the first-level cache.</summary>
    private const nint WidenedElements = 2048;

    private const int WidenedSlot = 0;

    private struct DropBody : IParallelBody
    {
        public DType Type;
        public void* Y, X;
        public nint Count;
        public float Rate;
        public ulong Key, Counter;

        public readonly void Run(int item)
        {
            var start = item * ItemElements;
            var n = Math.Min(ItemElements, Count - start);
            if (Type == DType.BFloat16) Widened((BFloat16*)Y + start, (BFloat16*)X + start, n, start);
            else if (Type == DType.Float32) Dropout.Apply((float*)Y + start, (float*)X + start, n, Rate, Key, Counter, start);
            else Dropout.Apply((double*)Y + start, (double*)X + start, n, Rate, Key, Counter, start);
        }

        private readonly void Widened(BFloat16* y, BFloat16* x, nint n, nint start)
        {
            var wide = (float*)Scratch.Get(WidenedSlot, WidenedElements * sizeof(float));
            for (nint done = 0; done < n; done += WidenedElements)
            {
                var count = Math.Min(WidenedElements, n - done);
                BFloat16Loops.Widen(wide, x + done, count);
                Dropout.Apply(wide, wide, count, Rate, Key, Counter, start + done);
                BFloat16Loops.Narrow(y + done, wide, count);
            }
        }
    }
}
