package dev.lora4j.diffusion.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Site.Kind;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainers choose layers by patterns; published adapters have this many. */
class TrainerTargetsTest {
  /** kohya's LoRA: what lies inside a Transformer2DModel. */
  @ParameterizedTest
  @CsvSource({"sd15, 192", "sd21, 192", "sdxl, 722"})
  void kohyaLora(String family, long count) {
    assertEquals(count, count(family, weighted("unet\\..*\\.attentions\\..*")));
  }

  /** Also what lies inside a ResnetBlock2D, Downsample2D or Upsample2D. */
  @ParameterizedTest
  @CsvSource({"sd15, 278", "sd21, 278", "sdxl, 788"})
  void kohyaLocon(String family, long count) {
    assertEquals(count, count(family, weighted("unet\\..*_blocks?\\..*")));
  }

  /** LyCORIS' preset "full"; for SDXL with its embedding of sizes. */
  @ParameterizedTest
  @CsvSource({"sd15, 282", "sdxl, 794"})
  void lycorisFull(String family, long count) {
    assertEquals(count, count(family, weighted("unet\\..*")));
  }

  @ParameterizedTest
  @CsvSource({
    "sd15, text_encoder, 72",
    "sd21, text_encoder, 138",
    "sdxl, text_encoder, 72",
    "sdxl, text_encoder_2, 192"
  })
  void kohyaTextEncoders(String family, String encoder, long count) {
    String pattern = encoder + "\\..*\\.(self_attn|mlp)\\..*";
    assertEquals(count, count(family, weighted(pattern)));
  }

  /** The training scripts of diffusers. */
  @ParameterizedTest
  @CsvSource({
    "sd15, unet, 128",
    "sdxl, unet, 560",
    "sdxl, text_encoder, 48",
    "sdxl, text_encoder_2, 128"
  })
  void diffusersDefault(String family, String part, long count) {
    String pattern = part + "\\..*\\.(to_q|to_k|to_v|to_out\\.0|(q|k|v|out)_proj)";
    assertEquals(count, count(family, weighted(pattern)));
  }

  /** 22 residual blocks of two norms, 16 transformers with one norm and three norms a block. */
  @ParameterizedTest
  @CsvSource({"sd15, 108", "sd21, 108"})
  void lycorisNorms(String family, long count) {
    assertEquals(
        count,
        count(family, s -> s.kind() == Kind.NORM && s.name().matches("unet\\..*_blocks?\\..*")));
  }

  /** kohya's names are native, where queries, keys and values are one layer. */
  @ParameterizedTest
  @CsvSource({
    "flux, (double|single)_blocks, 304",
    "sd3, joint_blocks, 237",
    "sd35m, joint_blocks, 263",
    "sd35l, joint_blocks, 377",
    "flux, (img|txt|time|vector|guidance)_in, 8"
  })
  void kohyaTransformers(String family, String part, long count) {
    Predicate<String> wanted =
        Pattern.compile("diffusion_model\\." + part + "(\\..*)?").asMatchPredicate();
    Family known = Families.named(family);
    assertEquals(
        count,
        known.natives().stream()
            .filter(n -> weighted(".*").test(known.sites().find(n.site()).orElseThrow()))
            .map(NativeName::path)
            .filter(wanted)
            .distinct()
            .count());
  }

  @ParameterizedTest
  @CsvSource({"flux, text_encoder, 72", "flux, text_encoder_2, 168", "sd3, text_encoder_3, 168"})
  void textEncodersOfTransformers(String family, String encoder, long count) {
    String pattern = encoder + "\\..*\\.(self_attn|mlp|SelfAttention|DenseReluDense)\\..*";
    assertEquals(count, count(family, weighted(pattern)));
  }

  /** All linear layers inside the blocks; XLabs trained the two attentions' qkv and proj. */
  @Test
  void fluxOfDiffusersAndOfXlabs() {
    assertEquals(494, count("flux", weighted(".*transformer_blocks\\..*")));
    assertEquals(
        152,
        Families.named("flux").natives().stream()
            .map(NativeName::path)
            .filter(
                p ->
                    p.matches(
                        ".*\\.(double_blocks\\.\\d+\\.(img|txt)_attn\\.(qkv|proj)"
                            + "|single_blocks\\.\\d+\\.linear[12])"))
            .distinct()
            .count());
  }

  private static long count(String family, Predicate<Site> wanted) {
    return Families.named(family).sites().all().stream().filter(wanted).count();
  }

  private static Predicate<Site> weighted(String name) {
    Predicate<String> matches = Pattern.compile(name).asMatchPredicate();
    return s -> (s.kind() == Kind.LINEAR || s.kind() == Kind.CONVOLUTION) && matches.test(s.name());
  }
}
