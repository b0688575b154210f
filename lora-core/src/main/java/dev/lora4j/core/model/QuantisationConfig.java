package dev.lora4j.core.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code quantization_config} of a model's configuration, as transformers and diffusers
 * write it. Of its weights the files themselves say how they are quantised; here stands whether
 * they can be read, and what else the section asks for.
 */
public final class QuantisationConfig {
  private static final String SECTION = "quantization_config";
  private static final String METHOD = "quant_method";

  private static final ConfigFields BITSANDBYTES =
      ConfigFields.none()
          .used(METHOD)
          .idle(
              "the files say it of each weight",
              "load_in_4bit",
              "load_in_8bit",
              "_load_in_4bit",
              "_load_in_8bit",
              "bnb_4bit_quant_type",
              "bnb_4bit_use_double_quant",
              "bnb_4bit_quant_storage",
              "llm_int8_skip_modules",
              "llm_int8_has_fp16_weight",
              "modules_to_not_convert")
          .idle("--compute says it", "bnb_4bit_compute_dtype")
          .idle("products are computed with numbers, not in 8 bits", "llm_int8_threshold")
          .idle("all is computed on one device", "llm_int8_enable_fp32_cpu_offload");

  private static final ConfigFields FP8 =
      ConfigFields.none()
          .used(METHOD)
          .only("weight_block_size", "[128,128]")
          .only("fmt", "e4m3")
          .idle("the files say it of each weight", "modules_to_not_convert", "dequantize")
          .idle("products are computed with numbers, not in 8 bits", "activation_scheme");

  private QuantisationConfig() {}

  /**
   * Refuses a configuration whose weights cannot be read here.
   *
   * @throws ModelException with the method or the field, and what to take instead
   */
  public static void require(ConfigFile config) {
    config.section(SECTION).ifPresent(QuantisationConfig::requireSection);
  }

  /** Of packed weights, whose numbers are made by a conversion alone. */
  private static ModelException packed(ConfigFile section, String method) {
    Path file = section.file().toAbsolutePath().normalize();
    Path folder = Optional.ofNullable(file.getParent()).orElse(file);
    return new ModelException(
        "%s: the weights are packed by '%s'. Convert the model first: ./lora4j convert %s -o %s-bf16 --dtype bf16, and use what it writes; --base-precision makes it small again."
            .formatted(section.file(), method, folder, folder));
  }

  private static void requireSection(ConfigFile section) {
    String method = section.text(METHOD, "bitsandbytes");
    ConfigFields fields =
        switch (method) {
          case "bitsandbytes" -> BITSANDBYTES;
          case "fp8" -> FP8;
          case "gptq", "awq" -> throw packed(section, method);
          default ->
              throw new ModelException(
                  section.file()
                      + ": the weights are quantised by '"
                      + method
                      + "', which is not read here. Take the model in bitsandbytes, fp8 or GGUF, or"
                      + " the one that is not quantised with --base-precision.");
        };
    fields.require(section);
    List<String> unknown = fields.unknown(section);
    if (!unknown.isEmpty()) {
      throw new ModelException(
          section.file()
              + ": "
              + SECTION
              + " has fields that are not known here: "
              + String.join(", ", unknown)
              + ".");
    }
  }
}
