package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** A change of a weight as a whole, [out][rest] in doubles: what the algebra never forms. */
final class Dense {
  private final double[][] values;

  Dense(double[][] values) {
    this.values = values;
  }

  /** The change that LoRA factors make, by the definition. */
  static Dense of(Site site, Factors factors) {
    if (factors.tensors().containsKey("diff")) {
      return whole(site, factors.tensor("diff"));
    }
    double[] down = factors.tensor(LoraMethod.DOWN).doubles();
    double[] up = factors.tensor(LoraMethod.UP).doubles();
    double scale =
        Double.parseDouble(factors.settings().get("alpha"))
            / factors.tensor(LoraMethod.DOWN).shape().size(0);
    int out = (int) site.out();
    int rest = (int) site.rest();
    int rank = up.length / out;
    double[] rows = down;
    if (factors.tensors().containsKey(LoraMethod.MID)) {
      rows = core(site, factors.tensor(LoraMethod.MID), down, rank, rest);
    }
    double[][] values = new double[out][rest];
    for (int o = 0; o < out; o++) {
      for (int k = 0; k < rank; k++) {
        for (int i = 0; i < rest; i++) {
          values[o][i] += scale * up[o * rank + k] * rows[k * rest + i];
        }
      }
    }
    return new Dense(values);
  }

  private static Dense whole(Site site, HostTensor diff) {
    double[] flat = diff.doubles();
    int rest = (int) site.rest();
    double[][] rows = new double[(int) site.out()][];
    for (int o = 0; o < rows.length; o++) {
      rows[o] = Arrays.copyOfRange(flat, o * rest, (o + 1) * rest);
    }
    return new Dense(rows);
  }

  /** {@code rows[a, i, xy] = sum over b of mid[a, b, xy] * down[b, i]}. */
  private static double[] core(Site site, HostTensor mid, double[] down, int rank, int rest) {
    double[] middle = mid.doubles();
    int in = (int) site.in();
    int area = rest / in;
    int inner = (int) mid.shape().size(1);
    double[] rows = new double[rank * rest];
    for (int a = 0; a < rank; a++) {
      for (int b = 0; b < inner; b++) {
        for (int i = 0; i < in; i++) {
          for (int xy = 0; xy < area; xy++) {
            rows[a * rest + i * area + xy] +=
                middle[(a * inner + b) * area + xy] * down[b * in + i];
          }
        }
      }
    }
    return rows;
  }

  /** All that an adapter does at a site. */
  static Dense at(Site site, Adapter adapter) {
    Dense sum = new Dense(new double[(int) site.out()][(int) site.rest()]);
    for (Factors factors : adapter.at(site.name())) {
      sum = sum.plus(1, of(site, factors));
    }
    return sum;
  }

  Dense plus(double weight, Dense other) {
    double[][] sum = new double[values.length][];
    for (int o = 0; o < sum.length; o++) {
      sum[o] = values[o].clone();
      for (int i = 0; i < sum[o].length; i++) {
        sum[o][i] += weight * other.values[o][i];
      }
    }
    return new Dense(sum);
  }

  double inner(Dense other) {
    double sum = 0;
    for (int o = 0; o < values.length; o++) {
      for (int i = 0; i < values[o].length; i++) {
        sum += values[o][i] * other.values[o][i];
      }
    }
    return sum;
  }

  double norm() {
    return Math.sqrt(inner(this));
  }

  /** Frobenius norm of the difference, relative to this. */
  double apart(Dense other) {
    return plus(-1, other).norm() / norm();
  }

  /** U [out, k], singular values, V' [k, rest], by LAPACK's decomposition of the whole in F64. */
  static List<double[]> svd(Engine engine, Dense matrix) {
    int out = matrix.values.length;
    int rest = matrix.values[0].length;
    ByteBuffer bytes = ByteBuffer.allocate(8 * out * rest).order(ByteOrder.LITTLE_ENDIAN);
    for (double[] row : matrix.values) {
      for (double value : row) {
        bytes.putDouble(value);
      }
    }
    long least = Math.min(out, rest);
    Shape shape = Shape.of(out, rest);
    try (Scope scope = engine.scope("svd")) {
      Graph graph = new Graph();
      Expr x = graph.input("x", DType.F64, shape);
      List<Expr> parts =
          graph.call(
              "linalg_svd",
              List.of(
                  new Graph.Result(DType.F64, Shape.of(out, least)),
                  new Graph.Result(DType.F64, Shape.of(least)),
                  new Graph.Result(DType.F64, Shape.of(least, rest))),
              x,
              false);
      Tensor input = Tensor.of(scope, DType.F64, shape, bytes.flip());
      return graph.inference(scope, parts).run(scope, input).stream()
          .map(t -> HostTensor.of(t).doubles())
          .toList();
    }
  }

  /** The nearest matrix of a rank. */
  Dense cut(Engine engine, int rank) {
    List<double[]> parts = svd(engine, this);
    int out = values.length;
    int rest = values[0].length;
    int least = Math.min(out, rest);
    double[][] result = new double[out][rest];
    for (int k = 0; k < rank; k++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < rest; i++) {
          result[o][i] +=
              parts.get(0)[o * least + k] * parts.get(1)[k] * parts.get(2)[k * rest + i];
        }
      }
    }
    return new Dense(result);
  }
}
