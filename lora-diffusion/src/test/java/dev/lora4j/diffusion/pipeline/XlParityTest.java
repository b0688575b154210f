package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.conditioning.Conditioning;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.denoising.MixedNetworks;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.Samplers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Stable Diffusion XL: two text encoders, sizes and pooled text, against diffusers. */
class XlParityTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final TinyXl TINY = new TinyXl();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinyXl.FOLDER);
  private static final double CLOSE = 1e-5;
  private static final int STEPS = 6;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
    TINY.close();
  }

  private static Prompt prompt(String run) {
    Prompt prompt = Prompt.of(TINY.prompt()).steps(STEPS).guidance(4).sampler("euler");
    return switch (run) {
      case "negative" -> prompt.negative(TINY.negative());
      case "skip" -> prompt.clipSkip(1);
      default -> prompt;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "negative", "skip"})
  void textsAreEncodedAsDiffusersDoes(String run) {
    try (Scope scope = SD.scope().child("test")) {
      Prompt prompt = prompt(run);
      MixedNetworks networks =
          new MixedNetworks(scope, SD.base(), SD.programs(), MixPlan.NONE, STEPS);
      Map<String, Tensor> told =
          new Conditioning(scope, networks.text(0), prompt.clipSkip())
              .of(
                  SD.base(),
                  SD.tokenizers(),
                  List.of(prompt.negative(), prompt.text()),
                  prompt.words(),
                  SD.base().zerosForNoText());
      TINY.assertClose(run + ".context", told.get("context").floats(), CLOSE);
      TINY.assertClose(run + ".pooled", told.get("pooled").floats(), CLOSE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "negative", "skip"})
  void latentsOfEveryStepAreThoseOfDiffusers(String run) {
    try (Scope scope = SD.scope().child("test")) {
      Prompt prompt = prompt(run);
      List<NoiseLevel> levels = Samplers.named("euler").levels(SD.base().schedule(), STEPS);
      new Generation(scope, SD.base(), SD.programs(), SD.tokenizers(), prompt)
          .run(
              TINY.floats("latents"),
              () -> fail("Euler adds no noise"),
              (step, x) -> {
                float[] found = new float[x.length];
                for (int i = 0; i < x.length; i++) {
                  found[i] = (float) (x[i] / levels.get(step + 1).signal());
                }
                TINY.assertClose(run + ".step" + step, found, 5 * CLOSE);
                return x;
              });
    }
  }

  @Test
  void sitesAreThoseOfAllThreeNetworks() {
    Map<String, Long> byModel =
        SD.sites().all().stream()
            .collect(
                Collectors.groupingBy(
                    s -> s.name().substring(0, s.name().indexOf('.')), Collectors.counting()));
    // Two encoders of 3 layers (6 linear layers and 2 norms each), their two embeddings of
    // which one is a site, the final norm, and the projection of the second.
    assertEquals(3 * 8 + 2, byModel.get("text_encoder"));
    assertEquals(3 * 8 + 3, byModel.get("text_encoder_2"));
    assertTrue(SD.sites().find("unet.add_embedding.linear_1").isPresent());
    assertTrue(
        SD.sites().find("unet.mid_block.attentions.0.transformer_blocks.1.attn2.to_k").isPresent());
  }

  @Test
  void trainingCaptionsAreEncodedAsPrompts() {
    Prompt prompt = prompt("plain");
    EncodedCaption caption = SD.encodeCaptions(List.of("", prompt.text()), 0).get(1);
    float[] context = TINY.floats("plain.context");
    float[] pooled = TINY.floats("plain.pooled");
    int last = context.length - caption.context().length;
    assertArrayEquals(
        Arrays.copyOfRange(context, last, context.length), caption.context(), (float) CLOSE);
    assertArrayEquals(
        Arrays.copyOfRange(pooled, pooled.length - caption.pooled().length, pooled.length),
        caption.pooled(),
        (float) CLOSE);
  }
}
