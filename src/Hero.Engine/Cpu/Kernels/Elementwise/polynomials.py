"""The polynomials of SimdExp, SimdLog, SimdTrig, SimdErf and the truncated normal, printed as C# literals.

Each is a weighted least-squares fit on Chebyshev nodes, within a small factor of the minimax polynomial. Coefficients are rounded to
the type one by one from the lowest power up, the rest fitted again after each. Needs mpmath: pip install mpmath
"""
import struct

from mpmath import cos, erf, erfc, erfinv, exp, expm1, log, log1p, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt

mp.dps = 60


def single(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def double(x):
    return mpf(float(x))


def least_squares(f, powers, low, high, weight):
    n = len(powers)
    count = 6 * n + 20
    nodes = [(low + high) / 2 - (high - low) / 2 * cos(pi * (mpf(i) + 0.5) / count) for i in range(count)]
    a, b = matrix(n, n), matrix(n, 1)
    for x in nodes:
        w = weight(x)
        row, value = [x**p * w for p in powers], f(x) * w
        for i in range(n):
            b[i] += row[i] * value
            for j in range(n):
                a[i, j] += row[i] * row[j]
    return lu_solve(a, b)


def fit(name, f, degree, low, high, weight, number):
    low, high = mpf(low), mpf(high)
    fixed, rest = [], list(range(degree + 1))
    while rest:
        left = lambda x: f(x) - sum(c * x**p for p, c in fixed)
        fixed.append((rest[0], number(least_squares(left, rest, low, high, weight)[0])))
        rest = rest[1:]
    error = max(abs(weight(x) * (f(x) - sum(c * x**p for p, c in fixed))) for x in (low + (high - low) * i / 2000 for i in range(2001)))
    print(f"{name}, {number.__name__}: error 2^{nstr(log(error, 2), 4)}")
    for power, c in fixed:
        print(f"  x^{power}: " + (nstr(c, 9) + "f" if number is single else nstr(c, 17)))


def at_least(x, bound):
    return max(abs(x), mpf(bound))


half = log(2) / 2 * mpf("1.0005")
quotient = lambda x: (expm1(x) - x) / x**2 if abs(x) > mpf(10) ** -12 else mpf(1) / 2 + x / 6
fit("e^r = 1 + r + r^2 q(r)", quotient, 4, -half, half, lambda x: at_least(x, "0.02") ** 2, single)
fit("e^r = 1 + r + r^2 q(r)", quotient, 9, -half, half, lambda x: at_least(x, "0.02") ** 2, double)
fit("e^r - 1 = r + r^2 q(r)", quotient, 5, -half, half, lambda x: at_least(x, "0.02"), single)
fit("e^r - 1 = r + r^2 q(r)", quotient, 10, -half, half, lambda x: at_least(x, "0.02"), double)

low, high = sqrt(mpf(1) / 2) - 1, sqrt(mpf(2)) - 1
tail = lambda f: (log1p(f) - f + f * f / 2) / f**3 if abs(f) > mpf("1e-15") else mpf(1) / 3
fit("log(1 + f) = f - f^2/2 + f^3 p(f)", tail, 8, low, high, lambda f: at_least(f, "0.02") ** 2, single)


def atanh_tail(z):
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z) if z > mpf("1e-25") else mpf(2) / 3


fit("2 atanh s = 2s + s^3 g(s^2)", atanh_tail, 6, 0, (high / (2 + high)) ** 2 * mpf("1.001"), lambda z: at_least(z, "1e-4") / 2, double)

square = (pi / 4 * mpf("1.001")) ** 2
sine = lambda z: (sin(sqrt(z)) - sqrt(z)) / (sqrt(z) * z) if z > mpf("1e-20") else -mpf(1) / 6 + z / 120
cosine = lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2 if z > mpf("1e-18") else mpf(1) / 24 - z / 720
fit("sin r = r + r^3 s(r^2)", sine, 3, 0, square, lambda z: at_least(z, "1e-4"), single)
fit("cos r = 1 - r^2/2 + r^4 c(r^2)", cosine, 2, 0, square, lambda z: at_least(z, "1e-4") ** 2, single)
fit("sin r = r + r^3 s(r^2)", sine, 5, 0, square, lambda z: at_least(z, "1e-4"), double)
fit("cos r = 1 - r^2/2 + r^4 c(r^2)", cosine, 5, 0, square, lambda z: at_least(z, "1e-4") ** 2, double)

cut = mpf("0.875")
near = lambda z: erf(sqrt(z)) / sqrt(z) - 1 if z > mpf("1e-20") else 2 / sqrt(pi) * (1 - z / 3) - 1
fit("erf x = x + x p(x^2)", near, 6, 0, cut**2 * mpf("1.0001"), lambda z: mpf(1), single)
fit("erf x = x + x p(x^2)", near, 11, 0, cut**2 * mpf("1.0001"), lambda z: mpf(1), double)
fit("erf x = 1 - e^g(x)", lambda a: log(erfc(a)), 7, cut, 4, erfc, single)
fit("erf x = 1 - e^g(x)", lambda a: log(erfc(a)), 18, cut, 6, erfc, double)

bound = erf(sqrt(mpf(2)))
most = -log(1 - bound**2) * mpf("1.0005")
slope = lambda w: sqrt(mpf(2)) * (erfinv(sqrt(1 - exp(-w))) / sqrt(1 - exp(-w)) if w > mpf("1e-20") else sqrt(pi) / 2)
fit("sqrt 2 erfinv x = x p(-log(1 - x^2))", slope, 7, 0, most, lambda w: 1 / slope(w), single)
fit("sqrt 2 erfinv x = x p(-log(1 - x^2))", slope, 16, 0, most, lambda w: 1 / slope(w), double)
