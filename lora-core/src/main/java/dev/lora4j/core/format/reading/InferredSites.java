package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.hydra.HydraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.mora.MoraMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.FileRoles;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Layers inferred from the adapter of an unknown model, as far as its factors determine the sizes:
 * those of dotted names with LoRA, HydraLoRA, LoHa, LoKr, GraLoRA, HiRA, VB-LoRA or whole
 * differences.
 */
final class InferredSites {
  private static final String PEFT = "base_model.model.";
  private static final String BANK = "base_model.vblora_vector_bank";

  private InferredSites() {}

  static Family of(AdapterSource source) {
    Map<String, TensorInfo> tensors = source.tensors();
    Map<String, Map<String, Shape>> layers = new TreeMap<>();
    for (TensorInfo tensor : tensors.values()) {
      KeySuffix.of(tensor.name(), tensors.keySet())
          .filter(e -> !Methods.shared().contains(e.role()))
          .ifPresent(
              e ->
                  layers
                      .computeIfAbsent(name(e.layer()), n -> new TreeMap<>())
                      .put(e.role(), tensor.shape()));
    }
    List<Site> sites = new ArrayList<>();
    Optional<Shape> bank = Optional.ofNullable(tensors.get(BANK)).map(TensorInfo::shape);
    layers.forEach(
        (name, shapes) -> {
          // A square matrix says nothing about the layer.
          if (!source.config().settings(name).containsKey(MoraMethod.USED)) {
            site(name, shapes).or(() -> pieces(name, shapes, bank)).ifPresent(sites::add);
          }
        });
    return new Family("", "a model that is not known", new SiteCatalogue(sites), List.of());
  }

  private static String name(String layer) {
    return layer.startsWith(PEFT) ? layer.substring(PEFT.length()) : layer;
  }

  private static Optional<Site> site(String name, Map<String, Shape> shapes) {
    return embedding(name, shapes, FileRoles.EMBEDDING_A, FileRoles.EMBEDDING_B)
        .or(() -> embedding(name, shapes, "hira_embedding_A", "hira_embedding_B"))
        .or(() -> mlx(name, shapes))
        .or(() -> pair(name, shapes, LoraMethod.UP, LoraMethod.DOWN))
        .or(() -> pair(name, shapes, HydraMethod.head(0), HydraMethod.DOWN))
        .or(() -> pair(name, shapes, "hada_w1_a", "hada_w1_b"))
        .or(() -> pair(name, shapes, "hira_B", "hira_A"))
        .or(() -> blocks(name, shapes))
        .or(() -> product(name, shapes))
        .or(() -> whole(name, shapes));
  }

  private static Optional<Site> embedding(
      String name, Map<String, Shape> shapes, String entries, String width) {
    Optional<Shape> a = matrix(shapes, entries);
    Optional<Shape> b = matrix(shapes, width);
    return a.flatMap(in -> b.map(out -> Site.embedding(name, in.size(1), out.size(0))));
  }

  private static Optional<Site> mlx(String name, Map<String, Shape> shapes) {
    Optional<Shape> a = matrix(shapes, FileRoles.MLX_DOWN).filter(s -> s.rank() == 2);
    Optional<Shape> b = matrix(shapes, FileRoles.MLX_UP).filter(s -> s.rank() == 2);
    return a.flatMap(in -> b.map(out -> layer(name, Shape.of(out.size(1), in.size(0)))));
  }

  private static Optional<Shape> matrix(Map<String, Shape> shapes, String role) {
    return Optional.ofNullable(shapes.get(role)).filter(s -> s.rank() >= 2);
  }

  private static Optional<Site> pair(
      String name, Map<String, Shape> shapes, String left, String right) {
    Optional<Shape> up = matrix(shapes, left);
    Optional<Shape> down = matrix(shapes, right);
    return up.flatMap(u -> down.map(d -> layer(name, d.with(0, u.size(0)))));
  }

  /** GraLoRA: as many blocks of inputs as of outputs. */
  private static Optional<Site> blocks(String name, Map<String, Shape> shapes) {
    Optional<Shape> a = matrix(shapes, "gralora_A").filter(s -> s.rank() == 3);
    Optional<Shape> b = matrix(shapes, "gralora_B").filter(s -> s.rank() == 3);
    return a.flatMap(
        in ->
            b.map(
                out -> {
                  long rows = out.size(0) * out.size(2);
                  return layer(name, Shape.of(rows, in.size(0) * in.size(1)));
                }));
  }

  /** VB-LoRA: as many pieces, each as long as the vectors of the bank. */
  private static Optional<Site> pieces(
      String name, Map<String, Shape> shapes, Optional<Shape> bank) {
    Optional<Shape> in = choice(shapes, "vblora_logits_A");
    Optional<Shape> out = choice(shapes, "vblora_logits_B");
    return bank.filter(s -> s.rank() == 2)
        .flatMap(
            v ->
                in.flatMap(
                    a ->
                        out.map(
                            b -> {
                              long rows = b.size(0) * v.size(1);
                              return layer(name, Shape.of(rows, a.size(1) * v.size(1)));
                            })));
  }

  private static Optional<Shape> choice(Map<String, Shape> shapes, String logits) {
    return matrix(shapes, logits).or(() -> matrix(shapes, logits + "_topk_indices"));
  }

  private static Optional<Site> product(String name, Map<String, Shape> shapes) {
    Optional<Shape> first = factor(shapes, "lokr_w1", "lokr_w1_a", "lokr_w1_b");
    Optional<Shape> second = factor(shapes, "lokr_w2", "lokr_w2_a", "lokr_w2_b");
    return first.flatMap(
        a ->
            second.map(
                b -> {
                  Shape rows = b.with(0, a.size(0) * b.size(0));
                  return layer(name, rows.with(1, a.size(1) * b.size(1)));
                }));
  }

  private static Optional<Shape> factor(
      Map<String, Shape> shapes, String whole, String left, String right) {
    return matrix(shapes, whole)
        .or(
            () ->
                matrix(shapes, left)
                    .flatMap(a -> matrix(shapes, right).map(b -> b.with(0, a.size(0)))));
  }

  private static Optional<Site> whole(String name, Map<String, Shape> shapes) {
    return Optional.ofNullable(shapes.get("diff"))
        .filter(s -> s.rank() > 0)
        .map(s -> s.rank() == 1 ? Site.norm(name, s.size(0)) : layer(name, s));
  }

  private static Site layer(String name, Shape weight) {
    return weight.rank() == 2
        ? Site.linear(name, weight, true)
        : Site.convolution(name, weight, 1, Math.toIntExact(weight.size(2) / 2));
  }
}
