package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.family.Families;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The layers of a family are those that the networks ask for which make its pictures: names, kinds,
 * shapes, biases, strides and paddings.
 */
class FamilyWalkTest {
  private static final List<Integer> CHANNELS = List.of(320, 640, 1280, 1280);
  private static final List<Boolean> DOWN = List.of(true, true, true, false);
  private static final List<Boolean> UP = List.of(false, true, true, true);

  static Stream<Arguments> families() {
    return Stream.of(
        Arguments.of(
            "sd15",
            unet(768, List.of(8, 8, 8, 8), false),
            new ClipTextConfig(49408, 768, 3072, 12, 12, 77, 1e-5, true)),
        Arguments.of(
            "sd21",
            unet(1024, List.of(5, 10, 20, 20), true),
            new ClipTextConfig(49408, 1024, 4096, 23, 16, 77, 1e-5, false)));
  }

  private static UNetConfig unet(int context, List<Integer> heads, boolean linear) {
    return new UNetConfig(4, 4, CHANNELS, DOWN, UP, 2, context, heads, 32, 1e-5, linear);
  }

  @ParameterizedTest
  @MethodSource("families")
  void theNetworksAskForTheLayersOfTheFamily(String name, UNetConfig unet, ClipTextConfig text) {
    List<Site> walked = new ArrayList<>();
    AdapterInputs recorder =
        graph ->
            (site, x, y) -> {
              walked.add(site);
              return y;
            };
    Network.walk("unet", DType.F32, Networks.unet(unet, DType.F32, recorder));
    Network.walk("text_encoder", DType.F32, Networks.text(text, DType.F32, recorder));
    // Of this table the network takes the first rows as a weight, where adapters take no part.
    String positions = "text_encoder.text_model.embeddings.position_embedding";
    List<Site> expected =
        Families.named(name).sites().all().stream()
            .filter(s -> !s.name().equals(positions))
            .toList();
    assertEquals(sorted(expected), sorted(walked));
  }

  private static List<Site> sorted(List<Site> sites) {
    return sites.stream().sorted(Comparator.comparing(Site::name)).toList();
  }
}
