package dev.lora4j.core.adapter.mora;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;

/**
 * The mathematics of MoRA at a layer.
 *
 * @param size rows and columns of the matrix
 */
record SquareProduct(MoraForm form, long size, long in, long out) {
  /** The base of the angles (Su et al. 2021). */
  private static final double BASE = 10_000;

  static SquareProduct of(Site site, MoraForm form, Expr matrix) {
    return new SquareProduct(form, matrix.shape().size(0), site.in(), site.out());
  }

  /** Groups of inputs, the last of which is filled up. */
  private long groups() {
    return (in + size - 1) / size;
  }

  /** Inputs that are used twice, to fill up the last group. */
  private long twice() {
    return groups() * size - in;
  }

  /** The contribution to the output: [..., in] to [..., out]. */
  Expr linear(Expr x, Expr matrix) {
    if (form == MoraForm.TURNED) {
      Expr turned = turned(groups(x)).linear(matrix);
      return tiled(turned.reshape(Dim.withLast(x, Dim.of(groups() * size))));
    }
    Expr sums = form.neighbouringInputs() ? added(x) : groups(x).over(-2).sum();
    Expr y = sums.linear(matrix);
    return form.neighbouringOutputs() ? spread(y, out) : tiled(y);
  }

  /** The change of the weight: [out, in]. */
  Expr delta(Expr matrix) {
    if (form == MoraForm.TURNED) {
      return tiled(wrapped(blocks(matrix)).transpose(0, 1)).transpose(0, 1);
    }
    return up(columns(matrix));
  }

  /** The factor on the side of the inputs, without numbers of its own: [size, in]. */
  Expr down(Graph graph, DType type) {
    return columns(Constants.eye(graph, type, Dim.of(size)));
  }

  /** Rows for all outputs: [size, n] to [out, n]. */
  Expr up(Expr rows) {
    Expr columns = rows.transpose(0, 1);
    return (form.neighbouringOutputs() ? spread(columns, out) : tiled(columns)).transpose(0, 1);
  }

  private Expr columns(Expr matrix) {
    if (form.neighbouringInputs()) {
      return spread(matrix, in);
    }
    Dim rows = matrix.dim(0);
    Expr each = matrix.unsqueeze(1).expand(rows, Dim.of(groups()), Dim.of(size));
    return wrapped(each.reshape(rows, Dim.of(groups() * size)));
  }

  /** [..., in] to [..., groups, size]. */
  private Expr groups(Expr x) {
    Expr whole = twice() == 0 ? x : x.cat(-1, narrow(x, 0, twice()));
    return whole.reshape(Dim.withLast(whole, Dim.of(groups()), Dim.of(size)));
  }

  /** Columns for the inputs of whole groups to those of the layer: [n, whole] to [n, in]. */
  private Expr wrapped(Expr whole) {
    if (twice() == 0) {
      return whole;
    }
    Expr once = narrow(whole, 0, in);
    Expr again = narrow(whole, in, twice());
    if (twice() < in) {
      Dim rest = Dim.of(in - twice());
      again = again.cat(-1, Constants.zeros(whole.graph(), whole.dtype(), whole.dim(0), rest));
    }
    return once.add(again);
  }

  /** How many of {@code size} parts of {@code total} have one more than the others. */
  private long longer(long total) {
    return total % size;
  }

  /** [..., in] to [..., size], neighbours added up. */
  private Expr added(Expr x) {
    long each = in / size;
    long more = longer(in);
    Expr rest = sums(narrow(x, more * (each + 1), (size - more) * each), size - more, each);
    return more == 0 ? rest : sums(narrow(x, 0, more * (each + 1)), more, each + 1).cat(-1, rest);
  }

  private static Expr sums(Expr x, long count, long each) {
    return x.reshape(Dim.withLast(x, Dim.of(count), Dim.of(each))).over(-1).sum();
  }

  /** [..., size] to [..., total], each as often as it has neighbours. */
  private Expr spread(Expr y, long total) {
    long each = total / size;
    long more = longer(total);
    Expr rest = repeated(narrow(y, more, size - more), size - more, each);
    return more == 0 ? rest : repeated(narrow(y, 0, more), more, each + 1).cat(-1, rest);
  }

  private static Expr repeated(Expr y, long count, long each) {
    return y.unsqueeze(-1)
        .expand(Dim.withLast(y, Dim.of(count), Dim.of(each)))
        .reshape(Dim.withLast(y, Dim.of(count * each)));
  }

  /** [..., n] to [..., out], again from the beginning where n is less. */
  private Expr tiled(Expr y) {
    long count = y.shape().size(-1);
    long times = (out + count - 1) / count;
    if (times == 1) {
      return narrow(y, 0, out);
    }
    Expr all =
        y.unsqueeze(-2)
            .expand(Dim.withLast(y, Dim.of(times), Dim.of(count)))
            .reshape(Dim.withLast(y, Dim.of(times * count)));
    return narrow(all, 0, out);
  }

  /** Each group turned by its angles: [..., groups, size]. */
  private Expr turned(Expr x) {
    Expr angle = angles(x.graph());
    Expr quarter = narrow(x, size / 2, size / 2).neg().cat(-1, narrow(x, 0, size / 2));
    return x.mul(angle.cos().to(x.dtype())).add(quarter.mul(angle.sin().to(x.dtype())));
  }

  /** [groups, size]: the group times {@code BASE^(-2 k / size)} for the elements k and k + half. */
  private Expr angles(Graph graph) {
    Expr half = Constants.arange(graph, DType.F64, Dim.of(size / 2));
    Expr speeds = half.mul(-2 * Math.log(BASE) / size).exp();
    Expr group = Constants.arange(graph, DType.F64, Dim.of(groups()));
    return group.unsqueeze(1).mul(speeds.cat(0, speeds).unsqueeze(0));
  }

  /** The turned form's change with a block for each group: [groups * size, groups * size]. */
  private Expr blocks(Expr matrix) {
    Expr angle = angles(matrix.graph());
    Expr quarter = narrow(matrix, size / 2, size / 2).cat(-1, narrow(matrix, 0, size / 2).neg());
    Expr cos = angle.cos().to(matrix.dtype()).unsqueeze(1);
    Expr sin = angle.sin().to(matrix.dtype()).unsqueeze(1);
    Expr each = matrix.unsqueeze(0).mul(cos).add(quarter.unsqueeze(0).mul(sin));
    Expr one = Constants.eye(matrix.graph(), matrix.dtype(), Dim.of(groups()));
    long whole = groups() * size;
    return each.unsqueeze(2).mul(one.reshape(groups(), 1, groups(), 1)).reshape(whole, whole);
  }

  private static Expr narrow(Expr x, long begin, long length) {
    return x.narrow(-1, Dim.of(begin), Dim.of(length));
  }
}
