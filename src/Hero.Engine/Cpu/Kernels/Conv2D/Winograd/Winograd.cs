using System.Runtime.Intrinsics;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Convolution with kernels of 3 x 3 by Winograd's F(4 x 4, 3 x 3), float32: a quarter of the multiplications of the sum it equals, for
/// relative errors (to the largest output) below 1e-5. Where <see cref="WinogradPlan.Wins"/> says so it stands in for
/// <see cref="Conv2DBody{TSimd, TVector, T, TEpilogue}"/> and <see cref="Conv2DFilterGradientBody{TSimd, TVector, T}"/>.
/// </summary>
internal static unsafe class Winograd
{
    public static nint PackedFilterSize(Conv2DPass<float>* pass) => Vector512.IsHardwareAccelerated
        ? WinogradFilterPacking<TileVector512<float>, Vector512<float>, Simd512<float>>.Size(pass)
        : Vector256.IsHardwareAccelerated ? WinogradFilterPacking<TileVector256<float>, Vector256<float>, Simd256<float>>.Size(pass)
        : Vector128.IsHardwareAccelerated ? WinogradFilterPacking<TileVector128<float>, Vector128<float>, Simd128<float>>.Size(pass)
        : WinogradFilterPacking<TileVector1<float>, float, Simd1<float>>.Size(pass);

    public static void PackFilter(Conv2DPass<float>* pass, float* packed)
    {
        if (Vector512.IsHardwareAccelerated) WinogradFilterPacking<TileVector512<float>, Vector512<float>, Simd512<float>>.Pack(pass, packed);
        else if (Vector256.IsHardwareAccelerated) WinogradFilterPacking<TileVector256<float>, Vector256<float>, Simd256<float>>.Pack(pass, packed);
        else if (Vector128.IsHardwareAccelerated) WinogradFilterPacking<TileVector128<float>, Vector128<float>, Simd128<float>>.Pack(pass, packed);
        else WinogradFilterPacking<TileVector1<float>, float, Simd1<float>>.Pack(pass, packed);
    }

    public static void Run<TEpilogue>(Conv2DPass<float>* pass, float* packedFilter, in TEpilogue epilogue) where TEpilogue : struct, IEpilogue
    {
        if (Vector512.IsHardwareAccelerated) WinogradBody<TileVector512<float>, Vector512<float>, Simd512<float>, TEpilogue>.Run(pass, packedFilter, epilogue);
        else if (Vector256.IsHardwareAccelerated) WinogradBody<TileVector256<float>, Vector256<float>, Simd256<float>, TEpilogue>.Run(pass, packedFilter, epilogue);
        else if (Vector128.IsHardwareAccelerated) WinogradBody<TileVector128<float>, Vector128<float>, Simd128<float>, TEpilogue>.Run(pass, packedFilter, epilogue);
        else WinogradBody<TileVector1<float>, float, Simd1<float>, TEpilogue>.Run(pass, packedFilter, epilogue);
    }

    /// <summary>The input's gradient; the pass is the forward one with gradients in the places of its input and output.</summary>
    public static void InputGradient(Conv2DPass<float>* pass)
    {
        if (Vector512.IsHardwareAccelerated) WinogradInputGradientBody<TileVector512<float>, Vector512<float>, Simd512<float>>.Run(pass);
        else if (Vector256.IsHardwareAccelerated) WinogradInputGradientBody<TileVector256<float>, Vector256<float>, Simd256<float>>.Run(pass);
        else if (Vector128.IsHardwareAccelerated) WinogradInputGradientBody<TileVector128<float>, Vector128<float>, Simd128<float>>.Run(pass);
        else WinogradInputGradientBody<TileVector1<float>, float, Simd1<float>>.Run(pass);
    }

    public static void FilterGradient(Conv2DPass<float>* pass, float* gradient)
    {
        if (Vector512.IsHardwareAccelerated) WinogradFilterGradientBody<TileVector512<float>, Vector512<float>, Simd512<float>>.Run(pass, gradient);
        else if (Vector256.IsHardwareAccelerated) WinogradFilterGradientBody<TileVector256<float>, Vector256<float>, Simd256<float>>.Run(pass, gradient);
        else if (Vector128.IsHardwareAccelerated) WinogradFilterGradientBody<TileVector128<float>, Vector128<float>, Simd128<float>>.Run(pass, gradient);
        else WinogradFilterGradientBody<TileVector1<float>, float, Simd1<float>>.Run(pass, gradient);
    }
}
