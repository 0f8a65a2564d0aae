"""Makes the golden figures beside this file with PyTorch: run `python3 make_golden.py` (PyTorch 1.13 made the ones committed).

Everything is computed in double precision from inputs rounded to three digits, so that the figures are those of the formulas and
not of a rounding. Layouts are Keras': channels last, kernels (height, width, in, out). What PyTorch does otherwise than Keras is
written out here from Keras' documentation: asymmetric "same" padding, average pooling that does not count padding, moving
variances without Bessel's correction, the places of epsilon in Adam and RMSprop.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
GENERATOR = torch.Generator().manual_seed(20240518)
HERE = os.path.dirname(os.path.abspath(__file__))


def rand(*shape, low=-1.0, high=1.0):
    return (torch.rand(*shape, generator=GENERATOR) * (high - low) + low).mul(1000).round().div(1000)


def spread(*shape):
    """Distinct values in random order, no two closer than 0.01: greatest elements are unique and no kink is near."""
    count = math.prod(shape)
    return ((torch.randperm(count, generator=GENERATOR) - count // 2).double() * 0.01 + 0.005).reshape(shape)


def tensor(x):
    return {"shape": list(x.shape), "data": [float(f"{v:.9g}") for v in x.detach().double().reshape(-1).tolist()]}


def write(name, content):
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as file:
        file.write('{\n "origin": "PyTorch ' + torch.__version__ + ', make_golden.py",\n')
        file.write(",\n".join(f' "{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in content.items()))
        file.write("\n}\n")


def case(function, inputs, weights=(), **extra):
    """Output of function(inputs, weights), and gradients of sum(output * direction)."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    weights = [w.clone().requires_grad_() for w in weights]
    output = function(*inputs, *weights)
    direction = rand(*output.shape)
    (output * direction).sum().backward()
    result = {"inputs": [tensor(x) for x in inputs], "weights": [tensor(w) for w in weights], "output": tensor(output),
              "direction": tensor(direction), "inputGradients": [tensor(x.grad) for x in inputs],
              "weightGradients": [tensor(w.grad) for w in weights]}
    result.update({key: [tensor(v) for v in value] for key, value in extra.items()})
    return result


def first(x):
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def same(x, kernel, stride, dilation=(1, 1), value=0.0):
    """Keras' "same": the odd row and column at the end."""
    pads = []
    for size, k, s, d in zip(x.shape[2:], kernel, stride, dilation):
        total = max((math.ceil(size / s) - 1) * s + (k - 1) * d + 1 - size, 0)
        pads.append((total // 2, total - total // 2))
    flat = [amount for pair in reversed(pads) for amount in pair]
    return F.pad(x, flat, value=value)


def conv2d(x, kernel, bias=None, stride=(1, 1), padding="valid", dilation=(1, 1), groups=1):
    x = first(x)
    if padding == "same":
        x = same(x, kernel.shape[:2], stride, dilation)
    return last(F.conv2d(x, kernel.permute(3, 2, 0, 1), bias, stride, 0, dilation, groups))


def depthwise(x, kernel, bias=None, **options):
    height, width, channels, multiplier = kernel.shape
    return conv2d(x, kernel.reshape(height, width, 1, channels * multiplier), bias, groups=channels, **options)


def conv1d(x, kernel, bias, stride=1, padding="valid", dilation=1, groups=1):
    return conv2d(x.unsqueeze(1), kernel.unsqueeze(0), bias, (1, stride), padding, (1, dilation), groups).squeeze(1)


def average_pool(x, pool, stride, padding):
    x = first(x)
    if padding == "valid":
        return last(F.avg_pool2d(x, pool, stride))
    ones = torch.ones_like(x)
    area = pool[0] * pool[1]
    return last(F.avg_pool2d(same(x, pool, stride), pool, stride) * area / (F.avg_pool2d(same(ones, pool, stride), pool, stride) * area))


def max_pool(x, pool, stride, padding):
    x = first(x)
    if padding == "same":
        x = same(x, pool, stride, value=float("-inf"))
    return last(F.max_pool2d(x, pool, stride))


def batch_norm(x, gamma, beta, mean, variance, training, epsilon=1e-3):
    return last(F.batch_norm(first(x), mean, variance, gamma, beta, training, 0.0, epsilon))


def layers():
    c = {}
    c["dense"] = case(lambda x, w, b: F.relu(F.linear(x, w.T, b)), [rand(3, 5)], [rand(5, 4), rand(4)])
    c["dense_sequences"] = case(lambda x, w: torch.tanh(F.linear(x, w.T)), [rand(2, 3, 5)], [rand(5, 4)])
    c["conv2d"] = case(conv2d, [rand(2, 6, 5, 3)], [rand(3, 2, 3, 4), rand(4)])
    c["conv2d_same_strides"] = case(lambda x, w, b: conv2d(x, w, b, (2, 2), "same"), [rand(2, 6, 7, 2)], [rand(3, 3, 2, 3), rand(3)])
    c["conv2d_dilated_groups"] = case(lambda x, w, b: conv2d(x, w, b, dilation=(2, 1), groups=2), [rand(1, 7, 6, 4)], [rand(3, 3, 2, 6), rand(6)])
    c["conv1d"] = case(conv1d, [rand(2, 8, 3)], [rand(3, 3, 4), rand(4)])
    c["conv1d_same_dilated"] = case(lambda x, w, b: conv1d(x, w, b, padding="same", dilation=2), [rand(2, 9, 2)], [rand(4, 2, 3), rand(3)])
    c["depthwise_conv2d"] = case(depthwise, [rand(2, 5, 6, 3)], [rand(3, 3, 3, 2), rand(6)])
    c["depthwise_conv2d_same"] = case(lambda x, w: depthwise(x, w, stride=(2, 2), padding="same"), [rand(2, 5, 6, 4)], [rand(3, 3, 4, 1)])
    c["separable_conv2d"] = case(lambda x, d, p, b: conv2d(depthwise(x, d, padding="same"), p, b), [rand(2, 5, 5, 3)], [rand(3, 3, 3, 2), rand(1, 1, 6, 4), rand(4)])
    c["max_pooling2d"] = case(lambda x: max_pool(x, (2, 2), (2, 2), "valid"), [spread(2, 5, 6, 3)])
    c["max_pooling2d_same"] = case(lambda x: max_pool(x, (3, 2), (2, 1), "same"), [spread(2, 5, 6, 3)])
    c["average_pooling2d"] = case(lambda x: average_pool(x, (2, 3), (2, 3), "valid"), [rand(2, 5, 6, 3)])
    c["average_pooling2d_same"] = case(lambda x: average_pool(x, (3, 3), (2, 2), "same"), [rand(2, 5, 6, 3)])
    c["max_pooling1d"] = case(lambda x: max_pool(x.unsqueeze(1), (1, 3), (1, 2), "same").squeeze(1), [spread(2, 8, 3)])
    c["average_pooling1d"] = case(lambda x: average_pool(x.unsqueeze(1), (1, 2), (1, 2), "valid").squeeze(1), [rand(2, 7, 3)])
    c["global_average_pooling2d"] = case(lambda x: x.mean((1, 2)), [rand(2, 4, 3, 5)])
    c["global_max_pooling2d"] = case(lambda x: x.amax((1, 2)), [spread(2, 4, 3, 5)])
    c["global_average_pooling1d"] = case(lambda x: x.mean(1), [rand(2, 4, 5)])
    c["global_max_pooling1d"] = case(lambda x: x.amax(1, keepdim=True), [spread(2, 4, 5)])
    c["flatten"] = case(lambda x: x.flatten(1), [rand(2, 3, 4)])
    c["reshape"] = case(lambda x: x.reshape(2, 6, 2), [rand(2, 3, 4)])
    c["zero_padding2d"] = case(lambda x: F.pad(x, (0, 0, 2, 1, 0, 1)), [rand(2, 3, 4, 2)])
    c["leaky_relu"] = case(lambda x: F.leaky_relu(x, 0.3), [spread(3, 7)])
    c["relu_max_slope_threshold"] = case(lambda x: torch.where(x >= 0.05, x.clamp(max=0.08), 0.2 * (x - 0.05)), [spread(3, 7)])
    c["softmax_axis1"] = case(lambda x: F.softmax(x, 1), [rand(2, 4, 3)])
    c["add"] = case(lambda a, b: a + b, [rand(2, 3, 4), rand(2, 3, 4)])
    c["concatenate"] = case(lambda a, b: torch.cat([a, b], -1), [rand(2, 3, 4), rand(2, 3, 2)])
    statistics = [rand(3), rand(3, low=0.5, high=2.0)]
    x, gamma, beta = rand(4, 2, 3, 3), rand(3, low=0.5, high=1.5), rand(3)
    moved = [0.99 * statistics[0] + 0.01 * x.mean((0, 1, 2)), 0.99 * statistics[1] + 0.01 * x.var((0, 1, 2), unbiased=False)]
    c["batch_normalization"] = case(lambda x, g, b: batch_norm(x, g, b, *statistics, False), [x], [gamma, beta], statistics=statistics)
    c["batch_normalization_training"] = case(lambda x, g, b: batch_norm(x, g, b, None, None, True), [x], [gamma, beta], statistics=statistics, moved=moved)
    write("layers.json", c)


def activations():
    x = torch.cat([spread(1, 30) * 20, torch.tensor([[-90.0, -30.0, 30.0, 90.0]])], 1)
    functions = {
        "linear": lambda x: x * 1, "relu": F.relu, "relu6": F.relu6, "leaky_relu": lambda x: F.leaky_relu(x, 0.2), "elu": F.elu, "selu": F.selu,
        "gelu": F.gelu, "silu": F.silu, "swish": F.silu, "sigmoid": torch.sigmoid, "hard_sigmoid": F.hardsigmoid, "hard_silu": F.hardswish,
        "hard_swish": F.hardswish, "log_sigmoid": F.logsigmoid, "softmax": lambda x: F.softmax(x, -1), "log_softmax": lambda x: F.log_softmax(x, -1),
        "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)), "softsign": F.softsign, "tanh": torch.tanh, "hard_tanh": F.hardtanh, "mish": F.mish,
        "exponential": lambda x: torch.exp(x)}
    write("activations.json", {name: case(function, [x.clamp(max=60) if name == "exponential" else x]) for name, function in functions.items()})


def losses():
    c = {}

    def add(name, function, target, prediction):
        prediction = prediction.clone().requires_grad_()
        values = function(target, prediction)
        values.mean().backward()
        c[name] = {"yTrue": tensor(target), "yPred": tensor(prediction), "values": tensor(values), "gradient": tensor(prediction.grad)}

    logits = rand(4, 5, low=-4, high=4)
    probabilities = F.softmax(rand(4, 5, low=-2, high=2), -1).mul(1000).round().div(1000)  # do not quite sum to 1
    numbers = torch.tensor([0, 3, 4, 1])
    one_hot = F.one_hot(numbers, 5).double()
    soft = F.softmax(rand(4, 5), -1).mul(1000).round().div(1000)
    add("categorical_logits", lambda t, p: F.cross_entropy(p, t, reduction="none"), one_hot, logits)
    add("categorical_logits_soft", lambda t, p: -(t * F.log_softmax(p, -1)).sum(-1), soft, logits)
    add("categorical_logits_smoothed", lambda t, p: F.cross_entropy(p, numbers, reduction="none", label_smoothing=0.2), one_hot, logits)
    add("categorical_probabilities", lambda t, p: F.nll_loss(torch.log(p / p.sum(-1, keepdim=True)), numbers, reduction="none"), one_hot, probabilities)
    add("sparse_logits", lambda t, p: F.cross_entropy(p, t, reduction="none"), numbers, logits)
    add("sparse_probabilities", lambda t, p: F.nll_loss(torch.log(p / p.sum(-1, keepdim=True)), t, reduction="none"), numbers, probabilities)
    add("sparse_logits_sequences", lambda t, p: F.cross_entropy(p.movedim(-1, 1), t, reduction="none"), torch.tensor([[0, 2, 1], [1, 1, 2]]), rand(2, 3, 3, low=-3, high=3))
    binary, scores, chances = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), rand(3, 2, low=-5, high=5), rand(3, 2, low=0.01, high=0.99)
    add("binary_logits", lambda t, p: F.binary_cross_entropy_with_logits(p, t, reduction="none").mean(-1), binary, scores)
    add("binary_logits_smoothed", lambda t, p: F.binary_cross_entropy_with_logits(p, t * 0.8 + 0.1, reduction="none").mean(-1), binary, scores)
    add("binary_probabilities", lambda t, p: F.binary_cross_entropy(p, t, reduction="none").mean(-1), binary, chances)
    target, prediction = rand(4, 3, low=-3, high=3), rand(4, 3, low=-3, high=3)
    add("mean_squared_error", lambda t, p: F.mse_loss(p, t, reduction="none").mean(-1), target, prediction)
    add("mean_absolute_error", lambda t, p: F.l1_loss(p, t, reduction="none").mean(-1), target, prediction)
    add("huber", lambda t, p: F.huber_loss(p, t, reduction="none").mean(-1), target, prediction)
    add("huber_delta", lambda t, p: F.huber_loss(p, t, reduction="none", delta=0.4).mean(-1), target, prediction)
    write("losses.json", c)


def optimizers():
    """Three variables' worth of numbers in one, five steps of gradients that do not depend on it."""
    start, gradients = rand(3, 2), [rand(3, 2, low=-2, high=2) for _ in range(5)]

    def run(make, clip=lambda p: None):
        p = start.clone().requires_grad_()
        optimizer, steps = make([p]), []
        for g in gradients:
            p.grad = g.clone()
            clip(p)
            optimizer.step()
            steps.append(tensor(p))
        return steps

    o = torch.optim
    c = {
        "sgd": run(lambda p: o.SGD(p, 0.01)),
        "sgd_momentum": run(lambda p: o.SGD(p, 0.05, momentum=0.9)),
        "sgd_nesterov": run(lambda p: o.SGD(p, 0.05, momentum=0.9, nesterov=True)),
        "rmsprop": run(lambda p: o.RMSprop(p, 0.01, alpha=0.9, eps=1e-14)),
        "rmsprop_momentum": run(lambda p: o.RMSprop(p, 0.01, alpha=0.9, eps=1e-14, momentum=0.8)),
        "rmsprop_centered": run(lambda p: o.RMSprop(p, 0.01, alpha=0.8, eps=1e-14, centered=True)),
        "adam": run(lambda p: o.Adam(p, 0.01, eps=1e-14)),
        "adam_amsgrad": run(lambda p: o.Adam(p, 0.01, betas=(0.8, 0.9), eps=1e-14, amsgrad=True)),
        "adamw": run(lambda p: o.AdamW(p, 0.01, eps=1e-14, weight_decay=0.1)),
        "adadelta": run(lambda p: o.Adadelta(p, 1.0, rho=0.95, eps=1e-7)),
        "sgd_clipvalue": run(lambda p: o.SGD(p, 0.1), lambda p: torch.nn.utils.clip_grad_value_([p], 0.7)),
        "sgd_clipnorm": run(lambda p: o.SGD(p, 0.1), lambda p: torch.nn.utils.clip_grad_norm_([p], 1.5)),
    }
    # Keras' own places for epsilon, large enough here to matter: keras/src/optimizers/adam.py and rmsprop.py of Keras 3.
    p, m, v, steps = start.clone(), torch.zeros(3, 2), torch.zeros(3, 2), []
    for t, g in enumerate(gradients, 1):
        m, v = m + (g - m) * 0.1, v + (g * g - v) * 0.001
        p = p - m * (0.01 * math.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t)) / (v.sqrt() + 0.1)
        steps.append(tensor(p))
    c["adam_epsilon"] = steps
    p, v, steps = start.clone(), torch.zeros(3, 2), []
    for g in gradients:
        v = v * 0.9 + g * g * 0.1
        p = p - 0.01 * g / (v + 0.1).sqrt()
        steps.append(tensor(p))
    c["rmsprop_epsilon"] = steps
    write("optimizers.json", {"start": tensor(start), "gradients": [tensor(g) for g in gradients], "steps": c})


def metrics():
    scores = spread(12, 7)
    numbers = torch.randint(0, 7, (12,), generator=GENERATOR)
    weights = rand(12, low=0, high=2)
    hits = [(scores.topk(k, -1).indices == numbers[:, None]).any(-1).double() for k in (1, 3)]
    chances, binary = rand(6, 2, low=0, high=1), torch.randint(0, 2, (6, 2), generator=GENERATOR).double()
    write("metrics.json", {
        "scores": tensor(scores), "numbers": tensor(numbers), "weights": tensor(weights),
        "accuracy": float(hits[0].mean()), "weighted_accuracy": float((hits[0] * weights).sum() / weights.sum()), "top3": float(hits[1].mean()),
        "chances": tensor(chances), "binary": tensor(binary), "binary_accuracy": float(((chances > 0.5).double() == binary).double().mean()),
        "binary_accuracy_07": float(((chances > 0.7).double() == binary).double().mean()),
        "mean_squared_error": float(F.mse_loss(chances, binary)), "mean_absolute_error": float(F.l1_loss(chances, binary))})


layers()
activations()
losses()
optimizers()
metrics()
