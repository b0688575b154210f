package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Brings the factors of many sites into native memory side by side, so that a few programs compute
 * them all.
 */
final class FactorStacker {
  private static final long ANY = Shape.UNKNOWN;

  private final Scope scope;
  private final Map<Object, Program> programs = new ConcurrentHashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  FactorStacker(Scope scope) {
    this.scope = scope;
  }

  /**
   * The factors of sums with equal keys.
   *
   * @param owner of the result
   */
  SumBatch batch(Scope owner, List<SiteSum> sums) {
    try (Scope work = owner.child("stack")) {
      List<Tensor> inputs = new ArrayList<>();
      List<DType> types = sums.get(0).key().types();
      for (int part = 0; part < types.size(); part++) {
        inputs.addAll(stacked(work, sums, part));
      }
      inputs.add(ratios(work, sums));
      List<Tensor> out = programs.computeIfAbsent(types, k -> joined(types)).run(owner, inputs);
      return new SumBatch(sums, out.get(0), out.get(1));
    }
  }

  private static Tensor ratios(Scope work, List<SiteSum> sums) {
    int parts = sums.get(0).parts().size();
    float[] ratios = new float[sums.size() * parts];
    for (int i = 0; i < ratios.length; i++) {
      SiteSum sum = sums.get(i / parts);
      ratios[i] = (float) (sum.parts().get(i % parts).coefficient() / sum.share());
    }
    return Tensor.of(work, Shape.of(sums.size(), parts), ratios);
  }

  /**
   * Down [sites, rank, rest] and up [sites, out, rank] of one part, in the type it is stored in.
   */
  private List<Tensor> stacked(Scope work, List<SiteSum> sums, int part) {
    SiteSum first = sums.get(0);
    MethodTerm like = first.parts().get(part);
    Shape down = Shape.of(sums.size(), like.rank(), first.site().rest());
    Shape up = Shape.of(sums.size(), first.site().out(), like.rank());
    ByteBuffer downs = buffer(like.dtype(), down);
    ByteBuffer ups = buffer(like.dtype(), up);
    for (SiteSum sum : sums) {
      MethodTerm each = sum.parts().get(part);
      if (each.form() == MethodTerm.Form.STORED) {
        downs.put(each.factors().tensor(LoraMethod.DOWN).bytes());
        ups.put(each.factors().tensor(LoraMethod.UP).bytes());
      } else {
        List<Tensor> pair = computed(work, sum.site(), each);
        downs.put(pair.get(0).bytes());
        ups.put(pair.get(1).bytes());
      }
    }
    return List.of(
        Tensor.of(work, like.dtype(), down, downs.flip()),
        Tensor.of(work, like.dtype(), up, ups.flip()));
  }

  private static ByteBuffer buffer(DType type, Shape shape) {
    return ByteBuffer.allocate(Math.toIntExact(type.bytes(shape.elements())));
  }

  /** Down [rank, rest] and up [out, rank] as the method gives them, F32. */
  private List<Tensor> computed(Scope work, Site site, MethodTerm part) {
    FactorStructure structure = part.factors().structure();
    Site general = MethodTerm.ungrouped(site);
    FactorStructure form = Methods.named(structure.method()).form(structure);
    Program program =
        programs.computeIfAbsent(
            List.of(part.form(), general, form), key -> computing(general, structure, part));
    return program.run(work, StagedFactors.tensors(work, part.factors()));
  }

  private Program computing(Site site, FactorStructure structure, MethodTerm part) {
    Graph graph = new Graph();
    StagedFactors factors = StagedFactors.inputs(graph, structure, DType.F32);
    if (part.form() == MethodTerm.Form.COMPUTED) {
      LowRank pair = part.method().lowRank(site, factors);
      Expr down = pair.down().reshape(pair.down().dim(0), Dim.of(-1));
      Expr up = pair.up().reshape(pair.up().dim(0), Dim.of(-1));
      return graph.inference(scope, List.of(down, up));
    }
    Expr change = part.method().delta(site, factors).reshape(site.out(), site.rest());
    long side = Math.min(site.out(), site.rest());
    Expr one = Constants.eye(graph, DType.F32, Dim.of(side));
    boolean wide = site.out() <= site.rest();
    return graph.inference(scope, wide ? List.of(change, one) : List.of(one, change));
  }

  /** Inputs: down and up of each part, the ratios. Outputs: all parts as one pair, F32. */
  private Program joined(List<DType> types) {
    Graph graph = new Graph();
    List<Expr> downs = new ArrayList<>();
    List<Expr> ups = new ArrayList<>();
    for (DType type : types) {
      downs.add(graph.input("down", type, Shape.of(ANY, ANY, ANY)).to(DType.F32));
      ups.add(graph.input("up", type, Shape.of(ANY, ANY, ANY)).to(DType.F32));
    }
    Expr ratios = graph.input("ratios", DType.F32, Shape.of(ANY, types.size()));
    for (int i = 0; i < ups.size(); i++) {
      ups.set(i, ups.get(i).mul(ratios.slice(1, i, i + 1).unsqueeze(-1)));
    }
    return graph.inference(scope, List.of(ShapeOps.cat(downs, 1), ShapeOps.cat(ups, 2)));
  }
}
