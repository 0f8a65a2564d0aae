namespace Hero.Cpu.Kernels;

/// <summary>float32 without vectors: the specification the others are tested against.</summary>
internal unsafe struct FloatScalar : ITileVector<float, float>
{
    public static int MaxRows => 4;

    public static float Zero => 0;

    public static float Load(float* source) => *source;

    public static float LoadFirst(float* source, int count) => *source;

    public static float Broadcast(float* source) => *source;

    public static void Store(float value, float* target) => *target = value;

    public static void StoreFirst(float value, float* target, int count) => *target = value;

    public static float MultiplyAdd(float left, float right, float sum) => left * right + sum;

    public static float Add(float left, float right) => left + right;

    public static float Sum(float value) => value;
}

/// <summary>float64 without vectors: the specification the others are tested against.</summary>
internal unsafe struct DoubleScalar : ITileVector<double, double>
{
    public static int MaxRows => 4;

    public static double Zero => 0;

    public static double Load(double* source) => *source;

    public static double LoadFirst(double* source, int count) => *source;

    public static double Broadcast(double* source) => *source;

    public static void Store(double value, double* target) => *target = value;

    public static void StoreFirst(double value, double* target, int count) => *target = value;

    public static double MultiplyAdd(double left, double right, double sum) => left * right + sum;

    public static double Add(double left, double right) => left + right;

    public static double Sum(double value) => value;
}
