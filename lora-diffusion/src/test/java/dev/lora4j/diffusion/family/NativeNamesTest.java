package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.NativePrefix;
import dev.lora4j.core.nn.Site;
import dev.lora4j.diffusion.family.stablediffusion.UNetNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NativeNamesTest {
  static Stream<String> families() {
    return Families.all().stream().map(Family::name);
  }

  @ParameterizedTest
  @MethodSource("families")
  void everySiteHasOneNativeName(String name) {
    Family family = Families.named(name);
    assertEquals(
        family.sites().all().stream().map(Site::name).sorted().toList(),
        family.natives().stream().map(NativeName::site).sorted().toList());
  }

  @ParameterizedTest
  @MethodSource("families")
  void nativeLayersAreWholeSitesOrTheirRows(String name) {
    Family family = Families.named(name);
    Map<String, List<NativeName>> byPath =
        family.natives().stream()
            .collect(Collectors.groupingBy(NativeName::path, TreeMap::new, Collectors.toList()));
    byPath.forEach(
        (path, parts) -> {
          if (parts.stream().allMatch(p -> p.rows().isEmpty())) {
            assertEquals(1, parts.size(), path);
          } else {
            tiled(family, path, new ArrayList<>(parts));
          }
        });
  }

  /** So bases of other depths and widths have the names that their kind has. */
  @ParameterizedTest
  @ValueSource(strings = {"sd15", "sd21", "sdxl", "sdxl-refiner"})
  void nativeDenoiserNamesFollowFromTheSites(String name) {
    Family family = Families.named(name);
    assertEquals(
        family.natives().stream()
            .filter(n -> n.path().startsWith(NativePrefix.DENOISER))
            .map(NativeName::toString)
            .sorted()
            .toList(),
        UNetNames.of(family.sites()).stream().map(NativeName::toString).sorted().toList());
  }

  private static void tiled(Family family, String path, List<NativeName> parts) {
    parts.sort(Comparator.comparing(p -> p.rows().orElseThrow().from()));
    long next = 0;
    for (NativeName part : parts) {
      NativeName.Rows rows = part.rows().orElseThrow();
      assertEquals(next, rows.from(), path);
      assertEquals(family.sites().find(part.site()).orElseThrow().out(), rows.count(), path);
      next += rows.count();
    }
    assertTrue(parts.size() > 1, path);
  }

  /**
   * Names in files have underscores for dots, and files of both layouts begin with {@code
   * lora_unet_}, so nothing else tells layers apart.
   */
  @ParameterizedTest
  @MethodSource("families")
  void flatNamesAreUnambiguous(String name) {
    Family family = Families.named(name);
    Map<String, Set<String>> canonical = new TreeMap<>();
    family.sites().all().forEach(s -> canonical.put(s.name(), Set.of(s.name())));
    Map<String, Set<String>> natives =
        family.natives().stream()
            .collect(
                Collectors.groupingBy(
                    NativeName::path,
                    TreeMap::new,
                    Collectors.mapping(NativeName::site, Collectors.toSet())));
    Map<String, Set<String>> meanings = new HashMap<>();
    meansOneThing(canonical, meanings);
    meansOneThing(natives, meanings);
  }

  private static void meansOneThing(
      Map<String, Set<String>> names, Map<String, Set<String>> meanings) {
    names.forEach(
        (name, sites) -> {
          String flat =
              name.replaceFirst("^(unet|transformer|diffusion_model)\\.", "denoiser.")
                  .replace('.', '_');
          Set<String> other = meanings.putIfAbsent(flat, sites);
          assertTrue(other == null || other.equals(sites), flat + ": " + sites + ", " + other);
        });
  }

  /** Where levels change, and the original puts several things into one numbered block. */
  @ParameterizedTest
  @CsvSource({
    "sd15, input_blocks.3.0.op, down_blocks.0.downsamplers.0.conv",
    "sd15, input_blocks.8.1.norm, down_blocks.2.attentions.1.norm",
    "sd15, input_blocks.11.0.out_layers.3, down_blocks.3.resnets.1.conv2",
    "sd15, middle_block.2.emb_layers.1, mid_block.resnets.1.time_emb_proj",
    "sd15, output_blocks.2.1.conv, up_blocks.0.upsamplers.0.conv",
    "sd15, output_blocks.5.2.conv, up_blocks.1.upsamplers.0.conv",
    "sd15, output_blocks.11.1.proj_out, up_blocks.3.attentions.2.proj_out",
    "sdxl, label_emb.0.2, add_embedding.linear_2",
    "sdxl, input_blocks.8.1.transformer_blocks.9.attn2.to_k,"
        + " down_blocks.2.attentions.1.transformer_blocks.9.attn2.to_k",
    "sdxl, output_blocks.2.2.conv, up_blocks.0.upsamplers.0.conv",
    "sdxl, output_blocks.8.0.skip_connection, up_blocks.2.resnets.2.conv_shortcut",
    "sdxl, out.0, conv_norm_out"
  })
  void blocksAreNumberedAsInTheOriginal(String family, String path, String site) {
    NativeName found =
        Families.named(family).natives().stream()
            .filter(n -> n.site().equals("unet." + site))
            .findFirst()
            .orElseThrow();
    assertEquals(NativeName.of("diffusion_model." + path, "unet." + site), found);
  }
}
