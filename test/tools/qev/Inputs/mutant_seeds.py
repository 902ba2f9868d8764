"""Small models to be mutated: at least one for each operator that qev reads."""

import onnx
import onnx.parser

# Header and body of each in ONNX's text form: (ir_version, opset), contributed
# operators where the opset is a pair.
TEXTS = [
    (8, 13, """gemm (float[1, 4] x) => (float[1, 3] y)
    <float[3, 4] w = {1.5, -2, 0.25, 3, 0.1, 0.7, -0.3, 1, -1, 2, 0, 0.5}, float[3] b = {0.5, -1, 0.1}>
    { h = Gemm<transB = 1, alpha = 0.5, beta = 2.0>(x, w, b) y = Relu(h) }"""),
    (7, 11, """square (float[1, 3] x) => (float[1, 3] y)
    <float[3, 3] w = {1, 2, 3, -4, 5, 0.5, 0.1, -0.2, 0.3}, float[1, 3] b = {1, 2, 3}, float c = {0.3}>
    { g = Gemm<beta = 0.5>(x, w, b) r = Relu(g) h = Gemm<transB = 1>(r, w, c) y = Sub(h, x) }"""),
    (6, 9, """column (float[4, 1] x, float[2] z) => (float[1, 2] y, float[2] v)
    <float[4, 2] w = {1, 2, 3, -4, 0.1, 0.7, -0.3, 1}, float[1, 1] c = {0.75}, float[2] k = {2, -0.5}>
    { y = Gemm<transA = 1>(x, w, c) m = Mul(z, k) v = Clip<min = -0.5, max = 1.5>(m) }"""),
    (8, 17, """matmul (float[N, 4] x) => (float[N, 3] y, float[N, 2] s)
    <float[4, 3] w = {1.5, -2, 0.25, 3, 0.1, 0.7, -0.3, 1, -1, 2, 0, 0.5}, float[3] b = {0.5, -1, 0.1},
     float[3, 2] v = {1, -1, 0.5, 2, -3, 0.25}, float lo = {-1}, float hi = {2.5}>
    { h = MatMul(x, w) y = Add(h, b) c = Clip(y, lo, hi) s = MatMul(c, v) }"""),
    (8, 18, """vectors (float[3] x) => (float[2] y, float z)
    <float[2, 3] w = {1, 2, 3, -4, 0.5, 0.1}, float[3] v = {1, -1, 2}>
    { y = MatMul(w, x) z = MatMul(x, v) }"""),
    (8, 15, """arithmetic (float[2, 3] x, float[3] z) => (float[2, 3] y)
    <float[2, 1] a = {0.5, 3}, float[3] b = {3, -2, 0.7}, float c = {0.1}>
    { p = Mul(a, x) q = Div(p, b) r = Sub(c, q) s = Add(r, z) y = Relu(s) }"""),
    (8, 13, """moving (float[2, 1, 3] x) => (float[6] y)
    <int64[2] s = {0, -1}, int64[1] one = {1}, int64[2] ends = {0, -1}, int64[1] flat = {-1}, float[6] b = {1, 2, 3, 4, 5, 6}>
    { t = Transpose<perm = [1, 0, 2]>(x) q = Squeeze(t) u = Unsqueeze(q, ends) f = Flatten<axis = -2>(u) i = Identity(f)
      r = Reshape(i, flat) d = Dropout(r) y = Add(d, b) }"""),
    (7, 11, """moving_eleven (float[1, 2, 3] x) => (float[2, 3] y)
    <int64[2] s = {0, -1}, float[3] b = {1, 2, 3}>
    { q = Squeeze<axes = [0]>(x) u = Unsqueeze<axes = [-3]>(q) f = Flatten<axis = 2>(u) r = Reshape(f, s) d = Dropout<ratio = 0.25>(r) y = Mul(d, b) }"""),
    (8, 13, """shapes (float[1, 6] x) => (float[1, 6] y)
    <int64 zero = {0}, int64[1] minus = {-1}, int64[1] axes = {0}, float[2, 3] w = {1, 2, 3, 4, 5, 6}>
    { n = Shape(x) first = Gather(n, zero) rows = Unsqueeze(first, axes) both = Concat<axis = 0>(rows, minus) r = Reshape(x, both)
      k = Constant<value = float[1] {0.5}>() c = ConstantOfShape<value = float[1] {2.0}>(n) m = Mul(r, c)
      i = Constant<value_ints = [3, 1]>() f = Cast<to = 1>(i) e = Gather<axis = 0>(f, zero) a = Add(m, k) d = Div(a, e)
      t = Transpose(w) g = Reshape(t, n) y = Sub(d, g) }"""),
    (8, 13, """qdq (float[N, 3] x) => (float[N, 2] y)
    <float xs = {0.05}, uint8 xz = {120}, int8[2, 3] wq = {64, -32, 47, 16, -64, 33}, float[2] ws = {0.02, 0.015625}, int8[2] wz = {0, 3},
     int32[2] bq = {500, -300}, float[2] bs = {0.001, 0.00078125}, int32[2] bz = {0, 0}, float[1] ys = {0.0625}, int8[1] yz = {-5}>
    { xq = QuantizeLinear(x, xs, xz) xd = DequantizeLinear(xq, xs, xz) w = DequantizeLinear<axis = 0>(wq, ws, wz)
      b = DequantizeLinear<axis = 0>(bq, bs, bz) g = Gemm<transB = 1>(xd, w, b) yq = QuantizeLinear(g, ys, yz) y = DequantizeLinear(yq, ys, yz) }"""),
    (8, 17, """per_axis (float[2, 3] x) => (float[2, 3] y)
    <float[3] s = {0.5, 0.1, 0.25}, int8[3] z = {0, -100, 100}, int8 lo = {-90}, int8 hi = {100}>
    { q = QuantizeLinear<axis = 1>(x, s, z) d = DequantizeLinear<axis = -1>(q, s, z) y = Relu(d) }"""),
    (8, 12, """clipped (float[1, 4] x) => (float[2, 2] y)
    <float s = {0.25}, int8 z = {10}, int8 lo = {-50}, int8 hi = {60}, int64[2] shape = {2, 2}>
    { q = QuantizeLinear(x, s, z) c = Clip(q, lo, hi) r = Reshape(c, shape) y = DequantizeLinear(r, s, z) }"""),
    (9, 19, """weights (float[1, 2] x) => (float[1, 3] y)
    <float[2, 3] w = {1, 2, 3, -4, 0.5, 0.1}, float[3] s = {0.02, 0.05, 0.1}, int8[3] z = {0, 0, 1}, float xs = {0.125}>
    { xq = QuantizeLinear(x, xs) xd = DequantizeLinear(xq, xs) q = QuantizeLinear<axis = 1>(w, s, z) d = DequantizeLinear<axis = 1>(q, s, z) y = MatMul(xd, d) }"""),
    (10, 21, """wide (float[1, 3] x) => (float[1, 3] y, int16[1, 3] q)
    <float s = {0.001}, int16 z = {-200}, float t = {0.5}, uint4 f = {7}>
    { q = QuantizeLinear(x, s, z) d = DequantizeLinear(q, s, z) r = QuantizeLinear<output_dtype = 3>(d, t) e = DequantizeLinear(r, t)
      g = QuantizeLinear(e, t, f) y = DequantizeLinear(g, t, f) }"""),
    (10, 23, """blocks (float[1, 2] x) => (float[1, 2] y)
    <float s = {0.1}, int4 z = {-3}, int4[2, 2] wq = {225, 115}, float[2] ws = {0.5, 0.25}, int4[2] wz = {16}>
    { q = QuantizeLinear<saturate = 1>(x, s, z) d = DequantizeLinear(q, s, z) w = DequantizeLinear<axis = 1>(wq, ws, wz) y = MatMul(d, w) }"""),
    (8, 13, """integers (uint8[1, 3] x, int8[3] z) => (int8[1, 3] y)
    <float xs = {0.03}, uint8 xz = {3}, float zs = {0.5}, int8 zz = {-4}, float ys = {0.0625}, int8 yz = {-5}>
    { i = Identity(x) xd = DequantizeLinear(i, xs, xz) zd = DequantizeLinear(z, zs, zz) s = Add(xd, zd) y = QuantizeLinear(s, ys, yz) }"""),
    (8, (14, 1), """contributed (float[1, 3] x) => (float[1, 3] y)
    <float s = {0.25}, uint8 z = {30}, float t = {0.001}, int16 o = {-7}>
    { q = com.microsoft.QuantizeLinear(x, s, z) d = com.microsoft.DequantizeLinear(q, s, z)
      p = com.microsoft.QuantizeLinear(d, t, o) y = com.microsoft.DequantizeLinear(p, t, o) }"""),
    (8, 17, """square_weights (float[2, 3] x) => (float[2, 3] y)
    <int8[3, 3] wq = {1, -2, 3, 40, 50, -60, 7, 80, 9}, float[3] ws = {0.5, 0.03125, 0.1}, int8[3] wz = {1, -2, 3}, float lo = {2}, float hi = {-1}, float far = {-30}>
    { w = DequantizeLinear(wq, ws, wz) v = DequantizeLinear<axis = -2>(wq, ws, wz) h = MatMul(x, w) g = Gemm(h, v) c = Clip(g, lo, hi) d = Clip(g, far) y = Sub(d, c) }"""),
    (9, 19, """shapes_later (float[2, 3] x) => (float[3, 2] y)
    <int64[3] picks = {-1, 0, -2}, float[4, 2] rows = {1, 2, 3, 4, 5, 6, 7, 8}, int64 last = {-1}, int64[2] ends = {0, -1}>
    { n = Shape<start = -1>(x) m = Shape<end = 1>(x) s = Concat<axis = -1>(n, m) r = Reshape<allowzero = 1>(x, s) a = Gather(rows, picks) b = Add(r, a)
      k = Gather(picks, last) f = Cast<to = 1>(k) c = Mul(b, f) u = Unsqueeze(c, ends) q = Squeeze(u) v = Constant<value_floats = [0.5, -2.0]>() y = Div(q, v) }"""),
    (8, 13, """quantized_operands (float[2, 1] x, float[2] v) => (float[2, 2] y, float[2] u)
    <int8[2, 2] wq = {1, -2, 30, 4}, float[2] ws = {0.5, 0.1}, int8[2] wz = {3, 0}, int32[2] bq = {100, -70}, float[2] bs = {0.01, 0.5}, float[2, 2] k = {1, 2, 3, -4}>
    { w = DequantizeLinear<axis = 0>(wq, ws, wz) b = DequantizeLinear<axis = -1>(bq, bs) a = Add(w, x) m = Mul(a, w) g = Gemm<transB = 1, beta = -1.5>(m, k, b)
      y = Div(g, k) u = MatMul(w, v) }"""),
    (8, 13, """casts (float[2, 2] x) => (float[2, 2] y)
    <int32[2] n = {3, -2}, double[1] e = {0.1}, float s = {0.5}, uint8 z = {128}, bool train = {0}, float r = {0.5}>
    { f = Cast<to = 1>(n) g = Cast<to = 1>(e) h = Cast<to = 1>(x) a = Mul(h, f) b = Add(a, g) d = Dropout(b, r, train)
      q = QuantizeLinear(d, s, z) c = Cast<to = 2>(q) y = DequantizeLinear(c, s, z) }"""),
]


def parse(ir: int, opset: int | tuple[int, int], text: str) -> onnx.ModelProto:
    main, *contributed = opset if isinstance(opset, tuple) else (opset,)
    imports = [f'"" : {main}', *(f'"com.microsoft" : {version}' for version in contributed)]
    return onnx.parser.parse_model(f"<ir_version: {ir}, opset_import: [{', '.join(imports)}]>\n{text}")


def make_seeds(files: list[str]) -> list[onnx.ModelProto]:
    """The models above and those of files in ONNX's text form, whose comments
    its parser skips."""
    seeds = [parse(*entry) for entry in TEXTS]
    for file in files:
        with open(file, encoding="utf-8") as text:
            seeds.append(onnx.parser.parse_model(text.read()))
    return seeds
