package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.peft.Ia3Kind;
import dev.lora4j.core.format.peft.PeftSite;
import dev.lora4j.core.format.peft.TargetModules;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PEFT finds by the names, among all modules of models that are known. */
class TargetModulesTest {
  @ParameterizedTest
  @CsvSource({
    "sd15, unet, .*",
    "sd15, unet, .*(attentions|resnets).*",
    "sd15, unet, .*\\.(to_out\\.0|net\\.2)",
    "sd15, unet, down_blocks\\.0.*",
    "sd15, text_encoder, .*",
    "sdxl, unet, .*",
    "sd3, transformer, .*",
    "flux, transformer, .*",
    "flux, text_encoder_2, .*",
  })
  void targetPatternsMatchOnlyTheTargets(String family, String model, String of) {
    SiteCatalogue base = Families.named(family).sites();
    List<PeftSite> targets = sites(base, model, path -> path.matches(of));
    Object found = TargetModules.of(targets, base);
    SortedSet<String> wanted = new TreeSet<>();
    targets.forEach(t -> wanted.add(t.path()));
    assertEquals(wanted, found(modules(base, model), found), found::toString);
  }

  @Test
  void targetNamesAreNeverBareNumbers() {
    SiteCatalogue base = Families.named("sd15").sites();
    List<PeftSite> targets = sites(base, "unet", path -> path.matches(".*(attn|ff).*"));
    assertEquals(
        List.of("net.2", "proj", "to_k", "to_out.0", "to_q", "to_v"),
        TargetModules.of(targets, base));
  }

  @Test
  void singleLayerIsTargetedByItsFullPath() {
    SiteCatalogue base =
        new SiteCatalogue(List.of(Site.linear("layers.0.q_proj", Shape.of(2, 2), false)));
    assertEquals(List.of("layers.0.q_proj"), TargetModules.of(sites(base, "", p -> true), base));
  }

  /** PEFT refuses a configuration that breaks this. */
  @Test
  void ia3FeedforwardModulesAreTargetModulesToo() {
    SiteCatalogue base = Families.named("sd15").sites();
    List<PeftSite> targets =
        sites(base, "unet", path -> path.matches(".*\\.(to_k|to_v|ff\\.net\\.2)")).stream()
            .map(s -> vector(s, base))
            .toList();
    Map<String, Object> fields = new Ia3Kind().fields(targets, base);
    List<?> all = (List<?>) fields.get("target_modules");
    List<?> inputs = (List<?>) fields.get("feedforward_modules");
    inputs.forEach(one -> assertTrue(all.contains(one), one::toString));
    SortedSet<String> wanted = new TreeSet<>();
    targets.forEach(t -> wanted.add(t.path()));
    assertEquals(wanted, found(modules(base, "unet"), all));
  }

  private static PeftSite vector(PeftSite site, SiteCatalogue base) {
    boolean input = site.path().endsWith("net.2");
    Factors vector =
        Factors.of(
            "ia3",
            Map.of("ia3_l", HostTensor.of(Shape.of(2), 1f, 2f)),
            Map.of("on_input", Boolean.toString(input)));
    return PeftSite.of(site.name(), base, List.of(vector));
  }

  /** Those that PEFT adapts, which norms are not. */
  private static List<PeftSite> sites(SiteCatalogue base, String model, Predicate<String> of) {
    return base.all().stream()
        .map(s -> PeftSite.of(s.name(), base, List.of()))
        .filter(s -> s.model().equals(model) && of.test(s.path()))
        .filter(s -> s.site().filter(l -> l.kind() == Site.Kind.NORM).isEmpty())
        .toList();
  }

  /** Paths of the layers, and of what holds them. */
  private static SortedSet<String> modules(SiteCatalogue base, String model) {
    SortedSet<String> modules = new TreeSet<>();
    for (Site site : base.all()) {
      PeftSite layer = PeftSite.of(site.name(), base, List.of());
      String path = layer.path() + ".";
      for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
        modules.add(layer.model().equals(model) ? path.substring(0, dot) : "");
      }
    }
    modules.remove("");
    return modules;
  }

  /** As PEFT does it ({@code check_target_module_exists}). */
  private static SortedSet<String> found(SortedSet<String> modules, Object targets) {
    SortedSet<String> found = new TreeSet<>(modules);
    found.removeIf(
        module ->
            targets instanceof List<?> names
                ? names.stream().noneMatch(t -> module.equals(t) || module.endsWith("." + t))
                : !module.matches(targets.toString()));
    return found;
  }
}
