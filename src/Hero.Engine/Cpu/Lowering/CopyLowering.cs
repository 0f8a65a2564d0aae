using Hero.Compiling;
using Hero.Cpu.Kernels;
using Hero.Cpu.Runtime;
using Hero.Ops;

namespace Hero.Cpu.Lowering;

/// <summary>Writes out a view, element by element in row-major order, for readers that cannot follow strides.</summary>
internal static unsafe class CopyLowering
{
    private const int ChunkElements = 32768;

    public static Kernel Lower(Tensor copy, Layout layout, MemoryPlan memory)
    {
        // A reshape of a strided view reads its input's elements in order; a view reads through itself.
        var (home, view) = copy.Op is ReshapeOp ? layout.Of(copy.Inputs[0]) : layout.Of(copy);
        var (shape, strides) = ElementwiseProgram.Collapse(view);
        var work = new Strided { Shape = shape, Strides = strides, Offset = view.Offset, ElementSize = DTypes.Size(copy.DType), Size = checked((nint)copy.Size) };
        var (from, to) = (memory.SlotOfBase(home), memory.SlotOfBase(copy));
        return slots =>
        {
            var body = work;
            body.Source = (byte*)slots[from] + body.Offset * body.ElementSize;
            body.Target = (byte*)slots[to];
            WorkerTeam.Default.For((int)((body.Size + ChunkElements - 1) / ChunkElements), ref body);
        };
    }

    private struct Strided : IParallelBody
    {
        public int[] Shape;
        public nint[] Strides;
        public nint Offset;
        public int ElementSize;
        public nint Size;
        public byte* Source;
        public byte* Target;

        public readonly void Run(int item)
        {
            var start = (nint)item * ChunkElements;
            fixed (int* shape = Shape)
            fixed (nint* strides = Strides)
                Interim.Copy(ElementSize, Target + start * ElementSize, Source, shape, strides, Shape.Length, start, Math.Min(ChunkElements, Size - start));
        }
    }
}
