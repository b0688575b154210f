package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The thin QR decompositions of both factors of every layer by LAPACK, in F32 and with all data in
 * memory: what the textbook's way to truncate a product cannot do without.
 */
final class QrFloor implements Contender {
  private final Scope scope;
  private final Program program;
  private final Map<Tensor, Integer> factors = new LinkedHashMap<>();

  /**
   * Prepares it.
   *
   * @param rank columns of each factor, those of all terms together
   */
  QrFloor(Engine engine, List<Site> sites, int rank) {
    scope = engine.scope("floor");
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN));
    program = graph.inference(scope, List.of(x.qr().q()));
    Map<Long, Integer> lengths = new LinkedHashMap<>();
    for (Site site : sites) {
      lengths.merge(site.out(), 1, Integer::sum);
      lengths.merge(site.rest(), 1, Integer::sum);
    }
    SplittableRandom random = new SplittableRandom(1);
    lengths.forEach(
        (length, count) -> {
          float[] values = new float[Math.toIntExact(length * rank)];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble() - 0.5f;
          }
          factors.put(Tensor.of(scope, Shape.of(length, rank), values), count);
        });
  }

  @Override
  public String name() {
    return "the QRs alone";
  }

  @Override
  public double[] check() {
    return new double[0];
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(
        units,
        () ->
            factors.forEach(
                (factor, count) -> {
                  for (int i = 0; i < count; i++) {
                    try (Scope work = scope.child("qr")) {
                      program.run(work, factor);
                    }
                  }
                }));
  }

  @Override
  public void close() {
    scope.close();
  }
}
