#!/usr/bin/env python3
"""Writes recurrent.json: outputs and gradients of torch.nn.LSTM, GRU and RNN in float64, weights in Keras' order of gates and axes. Masks with
gaps, and initial states before masked steps, which PyTorch does not have, go step by step by the rule of Keras' backend.rnn: a masked step
keeps the states and gives the output of the step before, zeros where there is none.

Usage: python3 make_recurrent.py
"""
import json
import os

import torch

torch.set_default_dtype(torch.float64)
GENERATOR = torch.Generator().manual_seed(20261121)
# The places of PyTorch's gates in Keras' order: LSTM i, f, g, o is i, f, c, o; GRU r, z, n is z, r, h.
ORDER = {"LSTM": [0, 1, 2, 3], "GRU": [1, 0, 2], "RNN": [0]}


def rand(*shape):
    return (torch.rand(*shape, generator=GENERATOR) * 2 - 1).mul(1000).round().div(1000)


def tensor(x):
    return {"shape": list(x.shape), "data": [float(f"{v:.9g}") for v in x.detach().reshape(-1).tolist()]}


def keras(kind, x):
    """Rows of gates in Keras' order, as columns."""
    parts = x.chunk(len(ORDER[kind]))
    return torch.cat([parts[i] for i in ORDER[kind]]).T


def case(kind, batch, steps, features, units, sequences=False, initial=False, lengths=None, backwards=False):
    net = getattr(torch.nn, kind)(features, units, batch_first=True)
    for weight in net.parameters():
        weight.data = rand(*weight.shape)
    if kind != "GRU":
        net.bias_hh_l0.data.zero_()  # Keras has one bias; GRU's second one stands inside the reset gate
    states = 2 if kind == "LSTM" else 1
    x = rand(batch, steps, features).requires_grad_()
    first = [rand(batch, units).requires_grad_() for _ in range(states)] if initial else []
    read = x.flip(1) if backwards else x
    if lengths is not None:
        read = torch.nn.utils.rnn.pack_padded_sequence(read, torch.tensor(lengths), batch_first=True, enforce_sorted=False)
    start = [s.unsqueeze(0) for s in first]
    output, last = net(read, (tuple(start) if states == 2 else start[0]) if first else None)
    last = [s[0] for s in (last if states == 2 else [last])]
    outputs = [output if sequences else last[0], *last]
    directions = [rand(*o.shape) for o in outputs]
    sum((o * d).sum() for o, d in zip(outputs, directions)).backward()

    def weights(of):
        bias = of(net.bias_ih_l0).unsqueeze(1)
        if kind == "GRU":
            both = torch.stack([keras(kind, bias)[0], keras(kind, of(net.bias_hh_l0).unsqueeze(1))[0]])
        else:
            both = keras(kind, bias)[0]
        return [tensor(keras(kind, of(net.weight_ih_l0))), tensor(keras(kind, of(net.weight_hh_l0))), tensor(both)]

    mask = None if lengths is None else (torch.arange(steps) < torch.tensor(lengths).unsqueeze(1)).int().tolist()
    return {"inputs": [tensor(v) for v in [x, *first]], "mask": mask, "weights": weights(lambda w: w.data),
            "outputs": [tensor(o) for o in outputs], "directions": [tensor(d) for d in directions],
            "inputGradients": [tensor(v.grad) for v in [x, *first]], "weightGradients": weights(lambda w: w.grad)}


def step(kind, x, states, kernel, recurrent, bias):
    """One step of Keras' cell."""
    h = states[0]
    if kind == "LSTM":
        i, f, c, o = (x @ kernel + h @ recurrent + bias).chunk(4, dim=1)
        cell = torch.sigmoid(f) * states[1] + torch.sigmoid(i) * torch.tanh(c)
        return [torch.sigmoid(o) * torch.tanh(cell), cell]
    if kind == "GRU":
        (xz, xr, xh), (hz, hr, hh) = (x @ kernel + bias[0]).chunk(3, dim=1), (h @ recurrent + bias[1]).chunk(3, dim=1)
        z, r = torch.sigmoid(xz + hz), torch.sigmoid(xr + hr)
        return [z * h + (1 - z) * torch.tanh(xh + r * hh)]
    return [torch.tanh(x @ kernel + h @ recurrent + bias)]


def masked_case(kind, mask, features, units, sequences, backwards=False):
    mask = torch.tensor(mask, dtype=torch.bool)
    (batch, steps), gates = mask.shape, len(ORDER[kind])
    x = rand(batch, steps, features).requires_grad_()
    first = [rand(batch, units).requires_grad_() for _ in range(2 if kind == "LSTM" else 1)]
    shapes = [(features, gates * units), (units, gates * units), (2, gates * units) if kind == "GRU" else (gates * units,)]
    weights = [rand(*shape).requires_grad_() for shape in shapes]
    states, output, outputs = first, torch.zeros(batch, units), []
    for t in reversed(range(steps)) if backwards else range(steps):
        counts = mask[:, t].unsqueeze(1)
        new = step(kind, x[:, t], states, *weights)
        output = torch.where(counts, new[0], output)
        states = [torch.where(counts, after, before) for after, before in zip(new, states)]
        outputs.append(output)
    results = [torch.stack(outputs, 1) if sequences else output, *states]
    directions = [rand(*o.shape) for o in results]
    sum((o * d).sum() for o, d in zip(results, directions)).backward()
    return {"inputs": [tensor(v) for v in [x, *first]], "mask": mask.int().tolist(), "weights": [tensor(w) for w in weights],
            "outputs": [tensor(o) for o in results], "directions": [tensor(d) for d in directions],
            "inputGradients": [tensor(v.grad) for v in [x, *first]], "weightGradients": [tensor(w.grad) for w in weights]}


GAPS = [[0, 0, 1, 0, 1], [1, 0, 1, 1, 0], [0, 0, 0, 0, 0], [0, 1, 1, 1, 1]]
cases = {}
for kind, name in (("LSTM", "lstm"), ("GRU", "gru"), ("RNN", "simple_rnn")):
    cases[name] = case(kind, 3, 5, 4, 6)
    cases[name + "_sequences_initial"] = case(kind, 2, 4, 3, 5, sequences=True, initial=True)
    cases[name + "_masked"] = case(kind, 4, 5, 3, 4, lengths=[3, 5, 1, 4])
    cases[name + "_backwards"] = case(kind, 2, 4, 2, 17, sequences=True, backwards=True)
for kind, name in (("LSTM", "lstm"), ("GRU", "gru"), ("RNN", "simple_rnn")):
    cases[name + "_gaps_initial"] = masked_case(kind, GAPS, 3, 5, sequences=False)
    cases[name + "_gaps_initial_sequences"] = masked_case(kind, GAPS, 2, 4, sequences=True)
    cases[name + "_gaps_initial_backwards"] = masked_case(kind, GAPS, 2, 3, sequences=True, backwards=True)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "recurrent.json"), "w", encoding="utf-8") as file:
    file.write('{\n "origin": "PyTorch ' + torch.__version__ + ', make_recurrent.py",\n')
    file.write(",\n".join(f' "{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in cases.items()) + "\n}\n")
