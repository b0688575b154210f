package dev.lora4j.core.format.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole headers of the known families, without weights. */
class KnownHeadersTest {
  static Stream<Family> families() {
    return Families.all().stream();
  }

  /** A folder of diffusers; nothing of the architecture is told but names and shapes. */
  @ParameterizedTest
  @MethodSource("families")
  void canonicalHeadersGiveFamilyAndSites(Family family) {
    List<CheckpointLayer> layers = canonical(family.sites().all().stream().toList());
    layers.forEach(
        layer -> {
          Site expected = family.sites().find(layer.site().name()).orElseThrow();
          assertEquals(expected.kind(), layer.site().kind(), expected.name());
        });
    Family found = FamilyMatch.of(layers).orElseThrow();
    assertEquals(family.name(), found.name());
    assertEquals(
        List.copyOf(family.sites().all()),
        FamilyMatch.dressed(found, layers).stream().map(CheckpointLayer::site).toList());
  }

  /** A smaller relative has fewer layers; half of another model is still not that family. */
  @ParameterizedTest
  @CsvSource({
    "sdxl, .*transformer_blocks\\.[4-9]\\..*, sdxl",
    "sd15, unet.*(resnets|attn1).*, sd15"
  })
  void layersMayBeMissing(String name, String missing, String expected) {
    Predicate<Site> kept = s -> !s.name().matches(missing);
    List<Site> sites = Families.named(name).sites().all().stream().filter(kept).toList();
    assertEquals(expected, FamilyMatch.of(canonical(sites)).map(Family::name).orElse("no family"));
  }

  @ParameterizedTest
  @CsvSource({"sd15", "sdxl"})
  void otherShapesAreAnotherModel(String name) {
    List<Site> sites =
        Families.named(name).sites().all().stream()
            .map(s -> SiteShapes.with(s, s.weight().with(0, s.out() + 1), s.bias()))
            .toList();
    assertEquals(true, FamilyMatch.of(canonical(sites)).isEmpty());
  }

  /** A file under native names, as ComfyUI saves models with all their parts. */
  @ParameterizedTest
  @MethodSource("families")
  void nativeHeadersGiveFamilyAndSites(Family family) {
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    for (NativeName name : family.natives()) {
      Site site = family.sites().find(name.site()).orElseThrow();
      long rows =
          family.natives().stream()
              .filter(n -> n.path().equals(name.path()))
              .flatMap(n -> n.rows().stream())
              .mapToLong(NativeName.Rows::count)
              .sum();
      Shape shape = rows > 0 ? site.weight().with(0, rows) : site.weight();
      boolean scale = name.path().endsWith("query_norm") || name.path().endsWith("key_norm");
      put(tensors, name.path() + (scale ? ".scale" : ".weight"), shape);
      if (site.bias()) {
        put(tensors, name.path() + ".bias", Shape.of(shape.size(0)));
      }
    }
    OriginalLayout layout = OriginalLayout.of(tensors, "").orElseThrow();
    assertEquals(family.name(), layout.family().name());
    assertEquals(
        List.copyOf(family.sites().all()),
        layout.layers().stream().map(CheckpointLayer::site).toList());
  }

  private static List<CheckpointLayer> canonical(List<Site> sites) {
    Map<String, Map<String, TensorInfo>> parts = new LinkedHashMap<>();
    for (Site site : sites) {
      String part = site.name().substring(0, site.name().indexOf('.'));
      String path = site.name().substring(part.length() + 1);
      Map<String, TensorInfo> tensors = parts.computeIfAbsent(part, p -> new LinkedHashMap<>());
      put(tensors, path + ".weight", site.weight());
      if (site.bias()) {
        put(tensors, path + ".bias", Shape.of(site.out()));
      }
    }
    List<CheckpointLayer> layers = new ArrayList<>();
    parts.forEach(
        (part, tensors) ->
            layers.addAll(
                new InferredLayers(tensors, part, CheckpointNames.of(part, tensors)).all()));
    return layers;
  }

  private static void put(Map<String, TensorInfo> tensors, String name, Shape shape) {
    tensors.put(name, new TensorInfo(name, DType.F16, shape, 0, 2 * shape.elements()));
  }
}
