package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenLayer;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.clip.ClipText;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.unet.UNet;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.unet.UNetVariant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layers of a family, and those that a folder's weights tell, are those that the networks ask
 * for which make the pictures.
 */
class FamilyWalkTest {
  private static final List<Boolean> DOWN = List.of(true, true, true, false);
  private static final List<Boolean> UP = List.of(false, true, true, true);
  private static final ClipTextConfig CLIP_L =
      new ClipTextConfig(49408, 768, 3072, 12, 12, 77, 1e-5, true);
  private static final ClipTextConfig CLIP_H =
      new ClipTextConfig(49408, 1024, 4096, 23, 16, 77, 1e-5, false);
  private static final ClipTextConfig CLIP_G =
      new ClipTextConfig(49408, 1280, 5120, 32, 20, 77, 1e-5, false, 1280);

  static Stream<Arguments> families() {
    return Stream.of(
        Arguments.of("sd15", sd(768, List.of(8, 8, 8, 8), false), List.of(CLIP_L)),
        Arguments.of("sd21", sd(1024, List.of(5, 10, 20, 20), true), List.of(CLIP_H)),
        Arguments.of("sdxl", xl(), List.of(CLIP_L, CLIP_G)));
  }

  private static UNetConfig sd(int context, List<Integer> heads, boolean linear) {
    List<Integer> channels = List.of(320, 640, 1280, 1280);
    return new UNetConfig(4, 4, channels, DOWN, UP, 2, context, heads, 32, 1e-5, linear);
  }

  private static UNetConfig xl() {
    return new UNetConfig(
        4,
        4,
        List.of(320, 640, 1280),
        List.of(false, true, true),
        List.of(true, true, false),
        2,
        2048,
        List.of(5, 10, 20),
        32,
        1e-5,
        true,
        List.of(1, 2, 10),
        false,
        Optional.of(new UNetConfig.Added(256, 2816)),
        UNetVariant.PLAIN);
  }

  @ParameterizedTest
  @MethodSource("families")
  void networksUseTheLayersOfTheFamily(String name, UNetConfig unet, List<ClipTextConfig> texts) {
    assertEquals(
        sorted(Families.named(name).sites()),
        walked(unet, texts.stream().<TextEncoderNetwork>map(ClipText::new).toList()));
  }

  static Stream<Path> folders() {
    return Stream.of(TinySd.FOLDER, TinyXl.FOLDER);
  }

  /** A checkpoint tells all of its layers but strides and paddings. */
  @ParameterizedTest
  @MethodSource("folders")
  void folderWeightsGiveTheLayersOfItsNetworks(Path folder) {
    List<TextEncoderNetwork> texts =
        Stream.of("text_encoder", "text_encoder_2")
            .filter(part -> Files.exists(folder.resolve(part)))
            .map(part -> DiffusersConfigs.text(folder, part))
            .toList();
    List<Site> walked = walked(FormulaNetwork.unet(folder), texts);
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(folder)) {
      assertEquals(
          walked.stream().map(FamilyWalkTest::plain).toList(), sorted(checkpoint.base().sites()));
    }
  }

  private static Site plain(Site site) {
    return new Site(site.name(), site.kind(), site.weight(), site.bias(), 1, 0, 1, 1);
  }

  private static List<Site> walked(UNetConfig unet, List<TextEncoderNetwork> texts) {
    List<Site> walked = new ArrayList<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              walked.add(site);
              return y;
            };
    Network.walk("unet", DType.F32, StagedNetworks.denoiser(new UNet(unet), DType.F32, recorder));
    for (int i = 0; i < texts.size(); i++) {
      String model = "text_encoder" + (i == 0 ? "" : "_" + (i + 1));
      Network.walk(
          model,
          DType.F32,
          StagedNetworks.text(texts.get(i), HiddenLayer.LAST, DType.F32, recorder));
    }
    return sorted(new SiteCatalogue(walked));
  }

  /** By name, without the table of which the network takes the first rows as a weight. */
  private static List<Site> sorted(SiteCatalogue sites) {
    return sites.all().stream()
        .filter(s -> !s.name().endsWith(".position_embedding"))
        .sorted(Comparator.comparing(Site::name))
        .toList();
  }
}
