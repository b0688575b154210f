package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.AdapterMaker;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole adapters as trainers write them are read to the last layer, for the base that they name.
 */
class CoverageTest {
  private static final Pattern TRANSFORMERS =
      Pattern.compile(
          ".*(transformer_blocks.*(to_[qkv]|to_out\\.0|ff\\.net\\.[02].*)|proj_(in|out))");
  private static final Pattern ENCODERS = Pattern.compile(".*\\.(self_attn|mlp)\\..*");

  @TempDir Path folder;

  private static Set<Site> sites(Family family, Predicate<String> wanted) {
    return family.sites().all().stream()
        .filter(s -> s.kind() != Site.Kind.NORM && wanted.test(s.name()))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String flat(String prefix, String path) {
    return prefix + path.replace('.', '_');
  }

  private static String behindModel(Site site) {
    return site.name().substring(site.name().indexOf('.') + 1);
  }

  private void covers(AdapterMaker maker, String family, int modules) {
    Examination found =
        AdapterFiles.examine(maker.write(folder.resolve("a.safetensors")), ReadOptions.STRICT);
    assertEquals(List.of(), found.problems());
    assertEquals(family, found.family().name());
    assertEquals(modules, found.matched().size());
    assertEquals(0, found.unmatched().size());
    assertEquals(maker.tensors().size(), found.account().total());
    assertTrue(found.account().ignored().isEmpty(), found.account().summary());
  }

  @Test
  void kohyaForStableDiffusion1Has264Layers() {
    AdapterMaker maker = new AdapterMaker();
    Family family = Families.named("sd15");
    for (Site site :
        sites(family, n -> n.startsWith("unet.") && TRANSFORMERS.matcher(n).matches())) {
      maker.kohya(flat("lora_unet_", behindModel(site)), site, 1);
    }
    for (Site site : sites(family, n -> n.startsWith("text_") && ENCODERS.matcher(n).matches())) {
      String layer = flat("lora_te_", behindModel(site));
      maker.kohya(layer, site, 2).number(layer + ".alpha", 1);
    }
    covers(maker, "sd15", 264);
  }

  @Test
  void kohyaForSdxlHas722LayersUnderNativeNames() {
    AdapterMaker maker = new AdapterMaker();
    Family family = Families.named("sdxl");
    for (NativeName name : family.natives()) {
      Site site = family.sites().find(name.site()).orElseThrow();
      if (name.site().startsWith("unet.") && TRANSFORMERS.matcher(name.site()).matches()) {
        maker.kohya(flat("lora_unet_", name.path().replace("diffusion_model.", "")), site, 1);
      }
    }
    covers(maker, "sdxl", 722);
  }

  @Test
  void lcmAdaptersForSdxlHave788Layers() {
    AdapterMaker maker = new AdapterMaker();
    Predicate<String> resnets =
        Pattern.compile("unet\\..*(conv1|conv2|conv_shortcut|time_emb_proj|samplers\\.0\\.conv)")
            .asMatchPredicate();
    for (Site site :
        sites(
            Families.named("sdxl"),
            n -> resnets.test(n) || (n.startsWith("unet.") && TRANSFORMERS.matcher(n).matches()))) {
      String layer = flat("lora_unet_", behindModel(site));
      maker.kohya(layer, site, 1).number(layer + ".alpha", 1);
    }
    covers(maker, "sdxl", 788);
  }

  private AdapterMaker flux(Pattern wanted, String prefix) {
    AdapterMaker maker = new AdapterMaker();
    LayerNames names = new LayerNames(Families.named("flux"));
    Set<String> paths = new LinkedHashSet<>();
    Families.named("flux").natives().forEach(n -> paths.add(n.path()));
    for (String path : paths) {
      if (wanted.matcher(path).matches()) {
        Layer layer = names.natively(path).orElseThrow();
        maker.kohya(flat(prefix, path.replace("diffusion_model.", "")), layer.whole(), 1);
      }
    }
    return maker;
  }

  @Test
  void kohyaForFluxHas304Layers() {
    Pattern blocks =
        Pattern.compile(
            "diffusion_model\\.(double|single)_blocks\\..*(qkv|proj|mlp\\.[02]|mod\\.lin|linear[12]|modulation\\.lin)");
    covers(flux(blocks, "lora_unet_"), "flux", 304);
  }

  @Test
  void diffusersForFluxHas494Layers() {
    AdapterMaker maker = new AdapterMaker();
    for (Site site :
        sites(
            Families.named("flux"),
            n -> n.matches("transformer\\.(single_)?transformer_blocks.*"))) {
      maker.peft(site.name(), site, 1);
    }
    covers(maker, "flux", 494);
  }

  @Test
  void xlabsForFluxHas152Layers() {
    AdapterMaker maker = new AdapterMaker();
    Site qkv = Site.linear("", Shape.of(9216, 3072), false);
    Site proj = Site.linear("", Shape.of(3072, 3072), false);
    Site last = Site.linear("", Shape.of(3072, 15360), false);
    for (int i = 0; i < 19; i++) {
      for (int stream = 1; stream <= 2; stream++) {
        String block = "double_blocks." + i + ".processor.";
        xlabs(maker, block + "qkv_lora" + stream, qkv);
        xlabs(maker, block + "proj_lora" + stream, proj);
      }
    }
    for (int i = 0; i < 38; i++) {
      xlabs(maker, "single_blocks." + i + ".processor.qkv_lora", qkv);
      xlabs(maker, "single_blocks." + i + ".processor.proj_lora", last);
    }
    covers(maker, "flux", 152);
  }

  private static void xlabs(AdapterMaker maker, String layer, Site site) {
    maker.pair(layer + ".down.weight", layer + ".up.weight", site, 1);
  }
}
