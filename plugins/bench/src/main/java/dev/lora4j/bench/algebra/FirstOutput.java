package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A published adapter, unmerged, for all its layers in all three networks of Stable Diffusion XL,
 * until one layer's output is another. The layer's own weight is 0, as the peer's is.
 */
final class FirstOutput implements Contender {
  private static final String LAYER = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final int ROWS = 16;
  private static final int SHOWN = 64;

  private final Scope scope;
  private final Path file;
  private final Family family = Families.named("sdxl");
  private final Site layer = family.sites().find(LAYER).orElseThrow();
  private final MergedParameter patch;
  private final Program program;
  private final Map<String, Tensor> data = new HashMap<>();

  FirstOutput(Engine engine, Path file) {
    scope = engine.scope("first-output");
    this.file = file;
    patch = new MergedParameter(scope);
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.BF16, Shape.of(Shape.UNKNOWN, layer.in()));
    Expr weight = graph.input("weight", DType.BF16, layer.weight());
    Expr y = new UnmergedAdapters(Set.of(LAYER)).declare(graph).adapt(layer, x, x.linear(weight));
    program = graph.inference(scope, List.of(y.to(DType.F32)));
    float[] values = new float[ROWS * (int) layer.in()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.cos(i / 100.0);
    }
    float[] zeros = new float[(int) layer.weight().elements()];
    data.put("x", bf16(Shape.of(ROWS, layer.in()), values));
    data.put("weight", bf16(layer.weight(), zeros));
    data.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, Shape.of(1, 1), new float[] {1}));
  }

  private Tensor bf16(Shape shape, float[] values) {
    try (Tensor full = Tensor.of(scope, shape, values)) {
      return full.to(scope, DType.BF16);
    }
  }

  @Override
  public String name() {
    return "lora4j";
  }

  @Override
  public double[] check() {
    float[] y = output();
    double square = 0;
    for (float value : y) {
      square += (double) value * value;
    }
    double[] shown = new double[SHOWN];
    for (int i = 0; i < SHOWN; i++) {
      shown[i] = y[i] / Math.sqrt(square);
    }
    return shown;
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::output);
  }

  private float[] output() {
    Adapter adapter = AdapterFiles.read(file).adapter();
    MixPlan plan = MixPlan.of(adapter, 1);
    SiteCatalogue sites = family.sites();
    try (Scope work = scope.child("adapter")) {
      Map<String, Tensor> factors = new HashMap<>();
      for (String model : List.of("unet", "text_encoder", "text_encoder_2")) {
        Set<String> beside = UnmergedAdapters.unmergedSites(plan, sites, model);
        factors.putAll(new UnmergedAdapters(beside).factors(work, patch, sites, plan));
      }
      return program
          .run(work, program.hold(work, name -> Objects.requireNonNull(factors.get(name))), data)
          .get(0)
          .floats();
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
