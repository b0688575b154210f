package dev.lora4j.core.model.packed;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import java.util.List;
import java.util.Locale;

/**
 * How a model's weights were packed, by the section {@code quantization_config} of its
 * configuration.
 *
 * @param method the program
 * @param bits of each code
 * @param group columns that share a scale; -1 for all of them
 * @param zeroOffset what is added to each stored zero point
 */
record PackedScheme(Method method, int bits, int group, int zeroOffset) {
  /** Programs whose models are read. */
  enum Method {
    GPTQ,
    AWQ
  }

  static final String SECTION = "quantization_config";
  private static final String METHOD = "quant_method";
  private static final String FORMAT = "format";
  private static final String CHECKPOINT_FORMAT = "checkpoint_format";
  private static final String VERSION = "version";
  private static final String MADE = "of how it was made";
  private static final List<Integer> WIDTHS = List.of(2, 3, 4, 8);

  /** Fields of both, which say how the model was made or is run on graphics cards. */
  private static final ConfigFields COMMON =
      ConfigFields.none()
          .used(METHOD, "bits", "group_size", FORMAT)
          .only("pack_dtype", "int32")
          .only("dynamic", "{}")
          .idle("the files say it of each weight", "modules_to_not_convert", "lm_head")
          .idle("the files say it of each weight", "modules_in_block_to_quantize")
          .idle("the files say it of each weight", "block_name_to_quantize")
          .idle(MADE, "dataset", "tokenizer", "damp_percent", "damp_auto_increment", "batch_size")
          .idle(MADE, "true_sequential", "static_groups", "model_seqlen", "pad_token_id", "meta")
          .idle(
              MADE, "cache_block_outputs", "module_name_preceding_first_block", "mse", "quantizer")
          .idle(MADE, "act_group_aware", "model_name_or_path", "model_file_base_name", "task")
          .idle("it is run elsewhere", "use_exllama", "exllama_config", "disable_exllama")
          .idle("it is run elsewhere", "max_input_length", "use_cuda_fp16", "do_fuse")
          .idle("it is run elsewhere", "fuse_max_seq_len", "modules_to_fuse");

  private static final ConfigFields GPTQ =
      COMMON
          .used(CHECKPOINT_FORMAT)
          .only("is_marlin_format", "false")
          .idle("it is run elsewhere", "backend")
          .idle("the zero points and g_idx say it", "sym", "desc_act");

  private static final ConfigFields AWQ =
      COMMON
          .used(VERSION)
          .only("zero_point", "true")
          .only("backend", "autoawq", "auto", "legacy_awq")
          .only(CHECKPOINT_FORMAT, "gemm")
          .only("desc_act", "false")
          .only("sym", "false", "true");

  /**
   * The scheme of a configuration.
   *
   * @throws ModelException if it is one that is not read, with the field and its value
   */
  static PackedScheme of(ConfigFile config) {
    ConfigFile section =
        config
            .section(SECTION)
            .orElseThrow(() -> new ModelException(config.file() + " has no '" + SECTION + "'."));
    Method method =
        switch (section.text(METHOD, "none")) {
          case "gptq" -> Method.GPTQ;
          case "awq" -> Method.AWQ;
          default ->
              throw new ModelException(
                  "%s: the weights are quantised by '%s'; gptq and awq can be converted."
                      .formatted(config.file(), section.text(METHOD, "none")));
        };
    ConfigFields fields = method == Method.GPTQ ? GPTQ : AWQ;
    fields.require(section);
    List<String> unknown = fields.unknown(section);
    if (!unknown.isEmpty()) {
      throw new ModelException(
          "%s: '%s' has fields that are not known here: %s."
              .formatted(config.file(), SECTION, String.join(", ", unknown)));
    }
    int bits = section.within("bits", 2, 8);
    List<Integer> widths = method == Method.GPTQ ? WIDTHS : List.of(4);
    if (!widths.contains(bits)) {
      throw new ModelException(
          "%s: 'bits' is %d; of %s, %s can be read."
              .formatted(config.file(), bits, method, widths));
    }
    int group = section.within("group_size", -1, 1 << 20, 128);
    if (group == 0) {
      throw new ModelException(config.file() + ": 'group_size' is 0.");
    }
    return new PackedScheme(method, bits, group, zeroOffset(config, section, method));
  }

  private static int zeroOffset(ConfigFile config, ConfigFile section, Method method) {
    String key = method == Method.AWQ ? VERSION : CHECKPOINT_FORMAT;
    String usual = method == Method.AWQ ? "gemm" : "gptq";
    String format = section.text(key, section.text(FORMAT, usual)).toLowerCase(Locale.ROOT);
    if (method == Method.AWQ && format.equals("gemm")) {
      return 0;
    }
    if (method == Method.GPTQ && (format.equals("gptq") || format.equals("gptq_v2"))) {
      // The first version stored each zero point less 1.
      return format.equals("gptq") ? 1 : 0;
    }
    throw new ModelException(
        "%s: '%s' is %s; of %s, %s can be read. Take the model in that format, or in bitsandbytes, fp8 or GGUF."
            .formatted(
                config.file(),
                key,
                format,
                method,
                method == Method.AWQ ? "gemm" : "gptq and gptq_v2"));
  }
}
