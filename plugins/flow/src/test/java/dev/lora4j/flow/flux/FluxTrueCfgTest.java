package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.ReferenceImage;
import dev.lora4j.flow.Goldens;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Classifier-free guidance beside the guidance that FLUX.1 is told, against diffusers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FluxTrueCfgTest {
  private static final int KEPT = 3;
  private static final double SCALE = 4;

  @TempDir private Path folder = Path.of("");

  private final Lora4j lora = Lora4j.open();
  private final StableDiffusion sd =
      StableDiffusion.open(lora, FluxGoldens.TINY.pipeline().source());

  @AfterAll
  void close() {
    sd.close();
    lora.close();
  }

  private static HostTensor tensor(String file, String name) {
    return Goldens.tensor(FluxGoldens.TINY.folder().resolve(file + ".safetensors"), name);
  }

  private static void assertClose(String run, LatentPath path) {
    assertEquals(KEPT, path.latents().size());
    for (int step = 0; step < KEPT; step++) {
      Goldens.assertClose(
          run + step,
          tensor("true-cfg", run + ".step" + step).doubles(),
          Goldens.doubles(path.latents().get(step)),
          FluxGoldens.TINY.fromText());
    }
  }

  private static void assertPath(String run, StableDiffusion from, Prompt prompt) {
    assertClose(run, from.paths(List.of(prompt)).get(0));
  }

  private static Prompt negative() {
    return FluxGoldens.TINY.prompt().negative(Goldens.NEGATIVE).trueCfg(SCALE);
  }

  private static Prompt besideReference() {
    HostTensor planes = tensor("references", "picture0");
    byte[] rgb = new byte[(int) planes.shape().elements()];
    planes.bytes().get(rgb);
    int height = (int) planes.shape().size(1);
    int width = (int) planes.shape().size(2);
    return negative()
        .references(List.of(new ReferenceImage(new Picture("picture0", "", width, height, rgb))));
  }

  private Prompt adapted(Route route) {
    MixPlan mix = MixPlan.of(sd.adapter(FluxGoldens.TINY.adapter("diffusers")), 0.6);
    return negative().mix(mix.route(route));
  }

  @Test
  void negativeTextCountsInEveryStep() {
    assertPath("dev", sd, negative());
  }

  @Test
  void emptyTextIsLeftToo() {
    assertPath("empty", sd, FluxGoldens.TINY.prompt().guidance(6).trueCfg(SCALE));
  }

  @Test
  void referenceIsSeenWithBothTexts() {
    assertPath("kontext", sd, besideReference());
  }

  @ParameterizedTest
  @EnumSource(names = {"MERGED", "UNMERGED"})
  void adaptersCountWithBothTexts(Route route) {
    assertPath("adapter", sd, adapted(route));
  }

  @Test
  void baseThatIsToldNoScaleHasItAsItsGuidance() {
    try (StableDiffusion schnell = StableDiffusion.open(lora, FluxGoldens.schnell(folder))) {
      Prompt plain = FluxGoldens.TINY.prompt().negative(Goldens.NEGATIVE);
      assertPath("schnell", schnell, plain.guidance(SCALE));
    }
  }

  @Test
  void picturesOfABatchAreWhatTheyAreAlone() {
    Prompt plain = FluxGoldens.TINY.prompt();
    List<LatentPath> all =
        sd.paths(List.of(negative(), plain, besideReference(), adapted(Route.UNMERGED)));
    assertClose("dev", all.get(0));
    FluxGoldens.TINY.assertFromText(
        "dev.step2", Goldens.doubles(all.get(1).latents().get(KEPT - 1)));
    assertClose("kontext", all.get(2));
    assertClose("adapter", all.get(3));
  }

  @Test
  void scaleOfOneIsNone() {
    LatentPath path = sd.paths(List.of(FluxGoldens.TINY.prompt().trueCfg(1))).get(0);
    FluxGoldens.TINY.assertFromText("dev.step2", Goldens.doubles(path.latents().get(KEPT - 1)));
  }

  @Test
  void recordHasTheScale() {
    GeneratedImage made = sd.generate(negative());
    Path file = folder.resolve("fox.png");
    made.save(file);
    assertEquals(negative().trueCfg(), PictureRecord.read(file).prompt().trueCfg());
    assertTrue(made.infotext().contains("CFG scale: 3.5, True CFG scale: 4.0"), made.infotext());
  }
}
