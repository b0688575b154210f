package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.Adapters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries of headers for bases that predict velocity, which kohya tells apart by version. */
class KohyaLabelTest {
  @TempDir Path folder;

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
    Family of = Families.named(family);
    Adapter lora =
        Adapters.lora(of.sites().all(), DType.F16, 1, 1, site -> site.name().endsWith("proj_in"));
    Adapter said = new Adapter("ink", lora.sites(), Map.of(key, value));
    Path file = folder.resolve("ink.safetensors");
    AdapterOutput.write(said, of, AdapterWriters.named("kohya"), WriteOptions.EXACT, file);
    Map<String, String> added = AdapterFiles.read(file, of).adapter().metadata();
    assertEquals(version, added.get("ss_base_model_version"));
    assertEquals(kind, added.get("modelspec.architecture"));
    assertEquals(resolution, added.get("modelspec.resolution"));
    assertEquals(family.equals("sd21") ? "True" : "False", added.get("ss_v2"));
  }
}
