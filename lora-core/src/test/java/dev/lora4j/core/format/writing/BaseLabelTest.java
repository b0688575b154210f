package dev.lora4j.core.format.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.format.family.Families;
import dev.lora4j.core.format.metadata.Metadata;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What bases that predict velocity are called, which kohya tells apart by their version. */
class BaseLabelTest {
  @ParameterizedTest
  @CsvSource({
    "sd15, modelspec.prediction_type, epsilon, sd_v1, stable-diffusion-v1/lora, 512x512",
    "sd15, modelspec.prediction_type, v, sd_v1_v, stable-diffusion-v1/lora, 512x512",
    "sd21, ss_output_name, ink, sd_v2, stable-diffusion-v2-512/lora, 512x512",
    "sd21, modelspec.prediction_type, v, sd_v2_v, stable-diffusion-v2-768-v/lora, 768x768",
    "sd21, ss_base_model_version, sd_v2_v, sd_v2_v, stable-diffusion-v2-768-v/lora, 768x768",
    "sdxl, modelspec.prediction_type, v, sdxl_base_v1-0, stable-diffusion-xl-v1-base/lora,"
        + " 1024x1024",
  })
  void bases(
      String family, String key, String value, String version, String kind, String resolution) {
    Metadata said = new Metadata(Map.of(key, value));
    Map<String, String> added =
        BaseLabel.of(Families.named(family)).orElseThrow().added(said).entries();
    assertEquals(version, added.get("ss_base_model_version"));
    assertEquals(kind, added.get("modelspec.architecture"));
    assertEquals(resolution, added.get("modelspec.resolution"));
    assertEquals(family.equals("sd21") ? "True" : "False", added.get("ss_v2"));
  }
}
