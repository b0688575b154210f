package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.MixPlan.Part;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.LatentPath;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.ReferenceImage;
import dev.lora4j.diffusion.request.Region;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract of pictures beside reference pictures: they are what diffusers makes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class ReferenceContract {
  private final Lora4j lora = Lora4j.open();
  private final GoldenPipeline golden;
  private final int most;
  private final StableDiffusion sd;

  /**
   * For a pipeline.
   *
   * @param most number of references that it takes
   */
  protected ReferenceContract(GoldenPipeline golden, int most) {
    this.golden = golden;
    this.most = most;
    sd = StableDiffusion.open(lora, golden.pipeline().source());
  }

  @AfterAll
  void close() {
    sd.close();
    lora.close();
  }

  private HostTensor expected(String name) {
    return Goldens.tensor(golden.folder().resolve("references.safetensors"), name);
  }

  /** One of the pictures that diffusers was given. */
  protected final ReferenceImage reference(int number) {
    HostTensor planes = expected("picture" + number);
    byte[] rgb = new byte[(int) planes.shape().elements()];
    planes.bytes().get(rgb);
    int height = (int) planes.shape().size(1);
    int width = (int) planes.shape().size(2);
    return new ReferenceImage(new Picture("picture" + number, "", width, height, rgb));
  }

  private Prompt beside(int count) {
    List<ReferenceImage> all = IntStream.range(0, count).mapToObj(this::reference).toList();
    return golden.prompt().references(all);
  }

  /** Requires the latents of a picture beside so many references. */
  protected final void assertPath(String name, int count) {
    LatentPath path = sd.paths(List.of(beside(count))).get(0);
    for (int step = 0; step < 3; step++) {
      Goldens.assertClose(
          name + step,
          expected(name + ".step" + step).doubles(),
          Goldens.doubles(path.latents().get(step)),
          golden.fromText());
    }
  }

  private double[] latents(Prompt prompt) {
    return Goldens.doubles(sd.paths(List.of(prompt)).get(0).latents().get(1));
  }

  @Test
  void pictureBesideAReferenceIsThatOfDiffusers() {
    assertPath("one", 1);
  }

  @Test
  void anotherReferenceMakesAnotherPicture() {
    Picture before = reference(0).picture();
    byte[] inverted = before.rgb().clone();
    for (int i = 0; i < inverted.length; i++) {
      inverted[i] = (byte) ~inverted[i];
    }
    ReferenceImage other =
        new ReferenceImage(new Picture("other", "", before.width(), before.height(), inverted));
    double[] found = latents(golden.prompt().references(List.of(other)));
    double[] first = latents(beside(1));
    assertTrue(
        IntStream.range(0, first.length).anyMatch(i -> Math.abs(first[i] - found[i]) > 1e-3));
  }

  @Test
  void pictureOfABatchIsWhatItIsAlone() {
    Prompt beside = beside(1);
    Prompt plain = golden.prompt().seed(8);
    List<LatentPath> both = sd.paths(List.of(beside, plain));
    Goldens.assertClose(
        "beside", latents(beside), Goldens.doubles(both.get(0).latents().get(1)), 1e-5);
    Goldens.assertClose(
        "plain", latents(plain), Goldens.doubles(both.get(1).latents().get(1)), 1e-5);
  }

  @Test
  void bothRoutesOfAnAdapterAgree() {
    Adapter adapter = sd.adapter(golden.adapter("diffusers"));
    MixPlan mix = MixPlan.NONE.with(new Part(adapter, Weight.of(0.7)));
    Goldens.assertClose(
        "routes",
        latents(beside(1).mix(mix.route(Route.MERGED))),
        latents(beside(1).mix(mix.route(Route.UNMERGED))),
        1e-5);
  }

  @Test
  void recordNamesTheReference() {
    PictureRecord record = sd.generate(beside(1)).record();
    List<PictureRecord.Reference> expected =
        List.of(new PictureRecord.Reference("picture0", reference(0).hash()));
    assertEquals(expected, record.references());
    assertTrue(record.json().contains(reference(0).hash()));
  }

  @Test
  void tooManyAreRefused() {
    List<ReferenceImage> all = new ArrayList<>(Collections.nCopies(most + 1, reference(0)));
    Prompt prompt = golden.prompt().references(all);
    String message =
        assertThrows(IllegalArgumentException.class, () -> sd.generate(prompt)).getMessage();
    assertTrue(String.valueOf(message).contains("takes at most " + most + " reference"), message);
  }

  @Test
  void sizesThatTheBaseCannotDivideAreRefused() {
    ReferenceImage odd = new ReferenceImage(new Picture("odd", "", 17, 16, new byte[17 * 16 * 3]));
    Prompt prompt = golden.prompt().references(List.of(odd));
    String message =
        assertThrows(IllegalArgumentException.class, () -> sd.generate(prompt)).getMessage();
    assertTrue(String.valueOf(message).contains("17x16"), message);
  }

  @Test
  void regionsAreRefused() {
    Part part = new Part(sd.adapter(golden.adapter("diffusers")), Weight.of(1));
    BufferedImage mask = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
    mask.setRGB(0, 0, 0xffffff);
    Prompt prompt = beside(1).mix(MixPlan.NONE.with(part.within(Region.of("corner", mask))));
    String message =
        assertThrows(IllegalArgumentException.class, () -> sd.generate(prompt)).getMessage();
    assertTrue(String.valueOf(message).contains("reference"), message);
  }
}
