using System.Runtime.CompilerServices;

namespace Hero.Cpu.Kernels;

/// <summary>
/// Some columns of a row of dx of a 3 x 3 depthwise convolution, and what the same columns of x add to the filter's gradient. The rows of dy are passed over from left to right, one
/// vector of channels at a time, with the taps and their sums in registers: every vector of x and dy is loaded once.
/// </summary>
internal unsafe struct DepthwiseGradientRow
{
    public float* X;
    public float* Dx;

    /// <summary>The rows of dy that meet the row through the first, second and third row of taps, from the first column on that meets the columns.</summary>
    public float* Dy0;
    public float* Dy1;
    public float* Dy2;

    /// <summary>Nine taps from top left to bottom right.</summary>
    public float* Filter;

    /// <summary>Nine sums, <see cref="TapLength"/> apart, as <see cref="IDepthwiseFilterChunk{T}.Add"/> says.</summary>
    public float* Sums;

    public nint TapLength, Channels;

    /// <summary>Columns of the input, and with stride 2 whether the first of them is the second of its cell: 0 or 1.</summary>
    public int Columns, PadLeft;

    /// <summary>Stride 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Dense<TVec>()
        where TVec : struct, ISimd<TVec, float>
    {
        nint step = Channels, stop = Columns * step, last = Channels - TVec.Count;
        for (nint slot = 0; slot < Channels; slot += TVec.Count)
        {
            var channel = Math.Min(slot, last);
            float* filter0 = Filter + channel, filter1 = filter0 + 3 * step, filter2 = filter1 + 3 * step;
            TVec f00 = TVec.Load(filter0), f01 = TVec.Load(filter0 + step), f02 = TVec.Load(filter0 + 2 * step);
            TVec f10 = TVec.Load(filter1), f11 = TVec.Load(filter1 + step), f12 = TVec.Load(filter1 + 2 * step);
            TVec f20 = TVec.Load(filter2), f21 = TVec.Load(filter2 + step), f22 = TVec.Load(filter2 + 2 * step);
            float* sums0 = Sums + slot, sums1 = sums0 + 3 * TapLength, sums2 = sums1 + 3 * TapLength;
            TVec s00 = TVec.Load(sums0), s01 = TVec.Load(sums0 + TapLength), s02 = TVec.Load(sums0 + 2 * TapLength);
            TVec s10 = TVec.Load(sums1), s11 = TVec.Load(sums1 + TapLength), s12 = TVec.Load(sums1 + 2 * TapLength);
            TVec s20 = TVec.Load(sums2), s21 = TVec.Load(sums2 + TapLength), s22 = TVec.Load(sums2 + 2 * TapLength);

            float* x = X + channel, dx = Dx + channel, d0 = Dy0 + channel, d1 = Dy1 + channel, d2 = Dy2 + channel;
            // dy of the windows that have the column at hand on their right, and in the middle.
            TVec right0 = TVec.Load(d0), right1 = TVec.Load(d1), right2 = TVec.Load(d2);
            d0 += step;
            d1 += step;
            d2 += step;
            TVec middle0 = TVec.Load(d0), middle1 = TVec.Load(d1), middle2 = TVec.Load(d2);
            d0 += step;
            d1 += step;
            d2 += step;
            for (nint column = 0; column < stop; column += step)
            {
                TVec at = TVec.Load(x + column), left0 = TVec.Load(d0 + column), left1 = TVec.Load(d1 + column), left2 = TVec.Load(d2 + column);
                TVec sum0 = left0 * f00, sum1 = left1 * f10, sum2 = left2 * f20;
                sum0 = TVec.MultiplyAdd(right0, f02, TVec.MultiplyAdd(middle0, f01, sum0));
                sum1 = TVec.MultiplyAdd(right1, f12, TVec.MultiplyAdd(middle1, f11, sum1));
                sum2 = TVec.MultiplyAdd(right2, f22, TVec.MultiplyAdd(middle2, f21, sum2));
                TVec.Store(sum0 + sum1 + sum2, dx + column);
                s00 = TVec.MultiplyAdd(at, left0, s00);
                s01 = TVec.MultiplyAdd(at, middle0, s01);
                s02 = TVec.MultiplyAdd(at, right0, s02);
                s10 = TVec.MultiplyAdd(at, left1, s10);
                s11 = TVec.MultiplyAdd(at, middle1, s11);
                s12 = TVec.MultiplyAdd(at, right1, s12);
                s20 = TVec.MultiplyAdd(at, left2, s20);
                s21 = TVec.MultiplyAdd(at, middle2, s21);
                s22 = TVec.MultiplyAdd(at, right2, s22);
                (right0, right1, right2, middle0, middle1, middle2) = (middle0, middle1, middle2, left0, left1, left2);
            }
            TVec.Store(s00, sums0);
            TVec.Store(s01, sums0 + TapLength);
            TVec.Store(s02, sums0 + 2 * TapLength);
            TVec.Store(s10, sums1);
            TVec.Store(s11, sums1 + TapLength);
            TVec.Store(s12, sums1 + 2 * TapLength);
            TVec.Store(s20, sums2);
            TVec.Store(s21, sums2 + TapLength);
            TVec.Store(s22, sums2 + 2 * TapLength);
        }
    }

    /// <summary>Stride 2, a row that windows have as their first (<see cref="Dy0"/>) and last (<see cref="Dy2"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Even<TVec>()
        where TVec : struct, ISimd<TVec, float>
    {
        nint step = Channels, width = Columns * step, last = Channels - TVec.Count;
        // A cell is two columns: the window that begins with the first has the second in its middle.
        for (nint slot = 0; slot < Channels; slot += TVec.Count)
        {
            var channel = Math.Min(slot, last);
            float* filter0 = Filter + channel, filter2 = filter0 + 6 * step;
            TVec f00 = TVec.Load(filter0), f01 = TVec.Load(filter0 + step), f02 = TVec.Load(filter0 + 2 * step);
            TVec f20 = TVec.Load(filter2), f21 = TVec.Load(filter2 + step), f22 = TVec.Load(filter2 + 2 * step);
            float* sums0 = Sums + slot, sums2 = sums0 + 6 * TapLength;
            TVec s00 = TVec.Load(sums0), s01 = TVec.Load(sums0 + TapLength), s02 = TVec.Load(sums0 + 2 * TapLength);
            TVec s20 = TVec.Load(sums2), s21 = TVec.Load(sums2 + TapLength), s22 = TVec.Load(sums2 + 2 * TapLength);

            float* x = X + channel, dx = Dx + channel, d0 = Dy0 + channel + step, d2 = Dy2 + channel + step;
            TVec before0 = TVec.Load(d0 - step), before2 = TVec.Load(d2 - step);
            for (var column = -PadLeft * step; column < width; column += 2 * step, d0 += step, d2 += step)
            {
                TVec at0 = TVec.Load(d0), at2 = TVec.Load(d2);
                if (column >= 0)
                {
                    var value = TVec.Load(x + column);
                    TVec.Store(TVec.MultiplyAdd(before0, f02, at0 * f00) + TVec.MultiplyAdd(before2, f22, at2 * f20), dx + column);
                    s00 = TVec.MultiplyAdd(value, at0, s00);
                    s02 = TVec.MultiplyAdd(value, before0, s02);
                    s20 = TVec.MultiplyAdd(value, at2, s20);
                    s22 = TVec.MultiplyAdd(value, before2, s22);
                }
                var next = column + step;
                if (next < width)
                {
                    var value = TVec.Load(x + next);
                    TVec.Store(TVec.MultiplyAdd(at2, f21, at0 * f01), dx + next);
                    s01 = TVec.MultiplyAdd(value, at0, s01);
                    s21 = TVec.MultiplyAdd(value, at2, s21);
                }
                (before0, before2) = (at0, at2);
            }
            TVec.Store(s00, sums0);
            TVec.Store(s01, sums0 + TapLength);
            TVec.Store(s02, sums0 + 2 * TapLength);
            TVec.Store(s20, sums2);
            TVec.Store(s21, sums2 + TapLength);
            TVec.Store(s22, sums2 + 2 * TapLength);
        }
    }

    /// <summary>Stride 2, a row that windows have in the middle (<see cref="Dy1"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Odd<TVec>()
        where TVec : struct, ISimd<TVec, float>
    {
        nint step = Channels, width = Columns * step, last = Channels - TVec.Count;
        // A cell is two columns: the window that begins with the first has the second in its middle.
        for (nint slot = 0; slot < Channels; slot += TVec.Count)
        {
            var channel = Math.Min(slot, last);
            var filter = Filter + channel + 3 * step;
            TVec f10 = TVec.Load(filter), f11 = TVec.Load(filter + step), f12 = TVec.Load(filter + 2 * step);
            var sums = Sums + slot + 3 * TapLength;
            TVec s10 = TVec.Load(sums), s11 = TVec.Load(sums + TapLength), s12 = TVec.Load(sums + 2 * TapLength);

            float* x = X + channel, dx = Dx + channel, d1 = Dy1 + channel + step;
            var before1 = TVec.Load(d1 - step);
            for (var column = -PadLeft * step; column < width; column += 2 * step, d1 += step)
            {
                var at1 = TVec.Load(d1);
                if (column >= 0)
                {
                    var value = TVec.Load(x + column);
                    TVec.Store(TVec.MultiplyAdd(before1, f12, at1 * f10), dx + column);
                    s10 = TVec.MultiplyAdd(value, at1, s10);
                    s12 = TVec.MultiplyAdd(value, before1, s12);
                }
                var next = column + step;
                if (next < width)
                {
                    TVec.Store(at1 * f11, dx + next);
                    s11 = TVec.MultiplyAdd(TVec.Load(x + next), at1, s11);
                }
                before1 = at1;
            }
            TVec.Store(s10, sums);
            TVec.Store(s11, sums + TapLength);
            TVec.Store(s12, sums + 2 * TapLength);
        }
    }
}
