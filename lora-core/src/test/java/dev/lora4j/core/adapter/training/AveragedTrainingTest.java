package dev.lora4j.core.adapter.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which methods have a mean of what several machines have learned: a new one has to say. */
class AveragedTrainingTest {
  private static final Map<String, String> FORMS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("adalora", "none"),
              Map.entry("boft", "none"),
              Map.entry("diag-oft", "none"),
              Map.entry("dora", "none"),
              Map.entry("dylora", "none"),
              Map.entry("full", "linear"),
              Map.entry("gralora", "none"),
              Map.entry("hira", "product"),
              Map.entry("hydra", "none"),
              Map.entry("ia3", "linear"),
              Map.entry("loha", "none"),
              Map.entry("lokr", "none"),
              Map.entry("lora", "product"),
              Map.entry("lora-fa", "linear"),
              Map.entry("miss", "linear"),
              Map.entry("mora", "linear"),
              Map.entry("oft", "none"),
              Map.entry("rank-growth", "none"),
              Map.entry("relora", "none"),
              Map.entry("shira", "linear"),
              Map.entry("sparse-lora", "none"),
              Map.entry("tlora", "none"),
              Map.entry("vera", "none")));

  private static final Site SITE = Site.linear("toy.layer", Shape.of(24, 24), false);

  private static String form(TrainableMethod method) {
    if (!(method instanceof AveragedTraining averaged)) {
      return "none";
    }
    Set<String> parts =
        method.tensors(SITE, new SiteRecipe(4, 4, false, FactorInit.KAIMING)).stream()
            .map(TrainedTensor::part)
            .collect(Collectors.toSet());
    return averaged
        .form(parts)
        .map(
            form -> {
              if (form instanceof ChangeForm.Product product) {
                assertEquals(parts, Set.of(product.down(), product.up()));
                return "product";
              }
              return "linear";
            })
        .orElse("none");
  }

  @Test
  void eachMethodSaysWhatItsMeanIs() {
    Map<String, String> found = new TreeMap<>();
    TrainableMethods.all().forEach((name, method) -> found.put(name, form(method)));
    assertEquals(FORMS, found);
  }
}
