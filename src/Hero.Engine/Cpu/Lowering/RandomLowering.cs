using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

internal static unsafe class RandomLowering
{
    public static Kernel Numbers(RandomNumbersOp op, Lowering lowering)
    {
        var (state, y, size, single, distribution) = (lowering.Input(0), lowering.Output, (nint)lowering.Node.Size, op.Type == DType.Float32, op.Distribution);
        return slots =>
        {
            var (key, counter) = (((long*)slots[state])[0], ((long*)slots[state])[1]);
            for (nint i = 0; i < size; i++)
            {
                var value = Interim.Number(key, counter, 2 * i);
                if (distribution != Distribution.Uniform) value = Math.Sqrt(-2 * Math.Log(1 - value)) * Math.Cos(2 * Math.PI * Interim.Number(key, counter, 2 * i + 1));
                if (distribution == Distribution.TruncatedNormal) value = Math.Clamp(value, -2, 2);
                if (single) ((float*)slots[y])[i] = (float)value;
                else ((double*)slots[y])[i] = value;
            }
        };
    }

    public static Kernel Dropout(DropoutOp op, Lowering lowering)
    {
        var (x, state, y, size, single, rate) = (lowering.Input(0), lowering.Input(1), lowering.Output, (nint)lowering.Node.Size, lowering.Node.DType == DType.Float32, op.Rate);
        return slots =>
        {
            var (key, counter) = (((long*)slots[state])[0], ((long*)slots[state])[1]);
            for (nint i = 0; i < size; i++)
            {
                var scale = Interim.Number(key, counter, i) < rate ? 0 : 1 / (1 - rate);
                if (single) ((float*)slots[y])[i] = ((float*)slots[x])[i] * scale;
                else ((double*)slots[y])[i] = ((double*)slots[x])[i] * scale;
            }
        };
    }
}
