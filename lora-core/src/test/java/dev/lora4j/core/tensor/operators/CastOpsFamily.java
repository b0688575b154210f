package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.CastOps;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Casts. What has 8 or 16 bits is compared bit by bit. */
final class CastOpsFamily implements OperatorFamily {
  private static final Map<String, DType> EIGHT =
      Map.of("e4m3", DType.F8_E4M3, "e5m2", DType.F8_E5M2);

  @Override
  public Class<?> operators() {
    return CastOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of("to(DType)", g -> g.reals(g.sizes(0, 3)).to(DType.F64)),
        Row.flat("to(DType)", g -> g.reals(g.sizes(0, 3)).to(g.oneOf(DType.BF16, DType.F16))),
        Row.flat("to(DType)", g -> g.indices(5, g.sizes(0, 3)).to(g.oneOf(DType.F32, DType.U8))),
        Row.of("toSaturating(DType)", g -> g.reals(g.sizes(0, 3)).toSaturating(DType.F64)),
        Row.flat("toSaturating(DType)", g -> g.reals(g.sizes(0, 3)).toSaturating(DType.F16)),
        Row.flat("reinterpret(DType)", g -> g.reals(2, 2L * g.size(1, 3)).reinterpret(DType.I64)),
        Row.flat("reinterpret(DType)", g -> g.indices(9, 2, 3).reinterpret(DType.U8)),
        Row.flat("reinterpret(DType)", g -> g.flags(3, 8).reinterpret(DType.I64)));
  }

  @Override
  public List<Golden> goldens() {
    List<Golden> all = new ArrayList<>();
    for (String name : EIGHT.keySet()) {
      DType type = EIGHT.get(name);
      all.add(cast(name, in -> in.to(type).reinterpret(DType.U8).to(DType.I64)));
      all.add(
          cast(
              name + "_from_bf16",
              in -> in.to(DType.BF16).to(type).reinterpret(DType.U8).to(DType.I64)));
      all.add(cast(name + "_nan", in -> in.to(type).to(DType.F32)));
      all.add(
          Golden.of(
                  "to(DType)", name + "_back", in -> in.apply("b").reinterpret(type).to(DType.F32))
              .within(0));
      all.add(
          Golden.of(
                  "toSaturating(DType)",
                  name + "_saturating",
                  in -> in.apply("x").toSaturating(type).to(DType.F32))
              .within(0));
    }
    for (DType type : List.of(DType.BF16, DType.F16)) {
      String name = type.name().toLowerCase(Locale.ROOT);
      all.add(cast(name, in -> in.to(type).reinterpret(DType.I16).to(DType.I64)));
      all.add(
          Golden.of(
                  "to(DType)", name + "_back", in -> in.apply("b").reinterpret(type).to(DType.F32))
              .within(0));
    }
    all.add(cast("f32", in -> in.to(DType.F32)));
    all.add(cast("i32", in -> in.to(DType.I32)));
    all.add(cast("wider", in -> in.to(DType.F64)));
    all.add(
        Golden.of(
                "toSaturating(DType)",
                "saturating_f16",
                in -> in.apply("x").toSaturating(DType.F16))
            .within(0));
    all.add(reinterpreted("reinterpret", DType.I16));
    all.add(reinterpreted("reinterpret_wider", DType.F32));
    all.add(reinterpreted("reinterpret_same", DType.I64));
    return all;
  }

  private static Golden cast(String name, UnaryOperator<Expr> operator) {
    return ElementwiseCases.golden("to(DType)", name, operator).within(0);
  }

  private static Golden reinterpreted(String name, DType type) {
    return ElementwiseCases.golden("reinterpret(DType)", name, x -> x.reinterpret(type)).within(0);
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "reinterpret(DType)",
            g -> g.flags(2, 3).reinterpret(DType.F32),
            "a last dimension that fills elements of F32",
            "[2, 3]"),
        new Refusal(
            "reinterpret(DType)",
            g -> g.reals().reinterpret(DType.F32),
            "at least 1 dimensions",
            "F64 []"),
        new Refusal(
            "toSaturating(DType)",
            g -> g.indices(9, 2).toSaturating(DType.F16),
            "F16, BF16, F32 or F64",
            "I64 [2]"),
        new Refusal(
            "toSaturating(DType)",
            g -> g.reals(2).toSaturating(DType.I64),
            "a floating-point type to cast to",
            "I64"));
  }
}
