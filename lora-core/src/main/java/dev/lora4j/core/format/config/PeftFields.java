package dev.lora4j.core.format.config;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Meaning of each field of PEFT's configurations for the result, by type of adapter: the fields of
 * PEFT 0.21.2, and of other versions and tools as far as files are known to have them.
 */
final class PeftFields {
  /** Treatment of a field. */
  enum Meaning {
    /** Read here. */
    READ,
    /** Redundant with the tensors and the base. */
    TENSORS,
    /** Information about the training or the file's author. */
    NO_EFFECT,
    /** Effect on the result that is not implemented. */
    REFUSED
  }

  /**
   * A row of the table.
   *
   * @param why for people; of what is refused, what it stands for
   */
  record Field(Meaning meaning, String why) {}

  private static final Map<String, SortedMap<String, Field>> TYPES = new HashMap<>();

  static {
    SortedMap<String, Field> all = new TreeMap<>();
    add(all, Meaning.READ, "the type", "peft_type");
    add(all, Meaning.TENSORS, "keys name the layers", "target_modules", "exclude_modules");
    add(all, Meaning.TENSORS, "keys name the layers", "layers_to_transform", "layers_pattern");
    add(all, Meaning.TENSORS, "whole layers are in the file", "modules_to_save");
    add(all, Meaning.TENSORS, "the base says how it stores layers", "fan_in_fan_out");
    add(all, Meaning.TENSORS, "new biases are in the file", "bias");
    add(all, Meaning.NO_EFFECT, "who made it, and of what", "base_model_name_or_path", "revision");
    add(all, Meaning.NO_EFFECT, "who made it, and of what", "auto_mapping", "task_type");
    add(all, Meaning.NO_EFFECT, "who made it, and of what", "peft_version");
    add(all, Meaning.NO_EFFECT, "whether training goes on", "inference_mode");
    add(all, Meaning.NO_EFFECT, "PEFT reads it from no file", "runtime_config");
    SortedMap<String, Field> lora = lora(all);
    TYPES.put("LORA", lora);
    TYPES.put("ADALORA", adalora(lora));
    SortedMap<String, Field> loha = ranked(all);
    TYPES.put("LOHA", loha);
    SortedMap<String, Field> lokr = new TreeMap<>(loha);
    add(lokr, Meaning.TENSORS, "shapes", "decompose_both", "decompose_factor");
    add(lokr, Meaning.NO_EFFECT, "training", "rank_dropout_scale");
    TYPES.put("LOKR", lokr);
    SortedMap<String, Field> ia3 = new TreeMap<>(all);
    add(ia3, Meaning.READ, "sides of layers", "feedforward_modules");
    add(ia3, Meaning.NO_EFFECT, "the start of training", "init_ia3_weights");
    TYPES.put("IA3", ia3);
    SortedMap<String, Field> oft = new TreeMap<>(all);
    add(oft, Meaning.TENSORS, "shapes", "r", "oft_block_size");
    add(oft, Meaning.READ, "the form of rotations", "coft", "eps", "block_share");
    add(oft, Meaning.READ, "", "use_cayley_neumann", "num_cayley_neumann_terms");
    add(oft, Meaning.NO_EFFECT, "training", "module_dropout", "init_weights");
    TYPES.put("OFT", oft);
    SortedMap<String, Field> boft = new TreeMap<>(all);
    add(boft, Meaning.TENSORS, "shapes", "boft_block_size", "boft_block_num");
    add(boft, Meaning.TENSORS, "shapes", "boft_n_butterfly_factor");
    add(boft, Meaning.NO_EFFECT, "training", "boft_dropout", "init_weights");
    TYPES.put("BOFT", boft);
    SortedMap<String, Field> shira = new TreeMap<>(all);
    add(shira, Meaning.TENSORS, "shapes", "r");
    add(shira, Meaning.TENSORS, "places of values are in the file", "mask_type", "random_seed");
    add(shira, Meaning.NO_EFFECT, "training", "init_weights");
    TYPES.put("SHIRA", shira);
    SortedMap<String, Field> miss = new TreeMap<>(all);
    add(miss, Meaning.TENSORS, "shapes", "r", "mini_r", "init_weights");
    add(miss, Meaning.NO_EFFECT, "training", "miss_dropout");
    TYPES.put("MISS", miss);
    SortedMap<String, Field> gralora = new TreeMap<>(all);
    add(gralora, Meaning.TENSORS, "shapes", "r", "hybrid_r", "gralora_k");
    add(gralora, Meaning.READ, "the scale", "alpha");
    add(gralora, Meaning.NO_EFFECT, "training", "gralora_dropout", "init_weights");
    TYPES.put("GRALORA", gralora);
    SortedMap<String, Field> hira = new TreeMap<>(all);
    add(hira, Meaning.TENSORS, "shapes", "r", "rank_pattern");
    add(hira, Meaning.NO_EFFECT, "training", "hira_dropout", "init_weights");
    TYPES.put("HIRA", hira);
    SortedMap<String, Field> vera = new TreeMap<>(all);
    add(vera, Meaning.TENSORS, "shapes", "r");
    add(vera, Meaning.READ, "matrices that are not in the file", "save_projection");
    add(vera, Meaning.READ, "matrices that are not in the file", "projection_prng_key");
    add(vera, Meaning.NO_EFFECT, "training", "vera_dropout", "d_initial", "init_weights");
    TYPES.put("VERA", vera);
    SortedMap<String, Field> randlora = new TreeMap<>(all);
    add(randlora, Meaning.TENSORS, "shapes", "r");
    add(randlora, Meaning.READ, "the scale", "randlora_alpha");
    add(randlora, Meaning.READ, "matrices that are not in the file", "save_projection");
    add(randlora, Meaning.READ, "matrices that are not in the file", "projection_prng_key");
    add(randlora, Meaning.READ, "matrices that are not in the file", "sparse", "very_sparse");
    add(randlora, Meaning.NO_EFFECT, "training", "randlora_dropout", "init_weights");
    TYPES.put("RANDLORA", randlora);
    SortedMap<String, Field> vblora = new TreeMap<>(all);
    add(vblora, Meaning.TENSORS, "shapes", "r", "num_vectors", "vector_length");
    add(vblora, Meaning.TENSORS, "keys name the form", "save_only_topk_weights");
    add(vblora, Meaning.READ, "how many logits count", "topk");
    add(vblora, Meaning.NO_EFFECT, "training", "vblora_dropout");
    add(vblora, Meaning.NO_EFFECT, "training", "init_vector_bank_bound", "init_logits_std");
    TYPES.put("VBLORA", vblora);
  }

  private PeftFields() {}

  private static SortedMap<String, Field> lora(SortedMap<String, Field> all) {
    SortedMap<String, Field> lora = new TreeMap<>(all);
    add(lora, Meaning.TENSORS, "shapes", "r", "rank_pattern");
    add(lora, Meaning.READ, "the scale", "lora_alpha", "alpha_pattern", "use_rslora");
    add(lora, Meaning.READ, "starts that change the base are warned of", "init_lora_weights");
    add(lora, Meaning.TENSORS, "lengths are in the file", "use_dora");
    add(lora, Meaning.TENSORS, "biases of factors are in the file", "lora_bias");
    add(lora, Meaning.NO_EFFECT, "training", "lora_dropout", "velora_config");
    add(lora, Meaning.NO_EFFECT, "the start of training", "loftq_config", "eva_config");
    add(lora, Meaning.NO_EFFECT, "the start of training", "corda_config", "lora_ga_config");
    add(lora, Meaning.NO_EFFECT, "layers divided among processes", "megatron_config");
    add(lora, Meaning.NO_EFFECT, "layers divided among processes", "megatron_core");
    add(lora, Meaning.NO_EFFECT, "of use_qalora", "qalora_group_size");
    add(lora, Meaning.REFUSED, "changes of single tokens", "trainable_token_indices");
    add(lora, Meaning.REFUSED, "layers used several times", "layer_replication");
    add(lora, Meaning.REFUSED, "activated LoRA, from certain tokens on", "alora_invocation_tokens");
    add(lora, Meaning.REFUSED, "QALoRA, with pooled inputs", "use_qalora");
    add(lora, Meaning.REFUSED, "BD-LoRA, with factors of blocks", "use_bdlora");
    add(lora, Meaning.REFUSED, "Arrow, which chooses adapters by input", "arrow_config");
    add(lora, Meaning.REFUSED, "KaSA, which also cuts the base's weights", "kasa_config");
    add(lora, Meaning.REFUSED, "MonteCLoRA, with factors drawn by chance", "monteclora_config");
    add(lora, Meaning.REFUSED, "changes of parameters that are no layers", "target_parameters");
    add(lora, Meaning.REFUSED, "changes shared with tied layers", "ensure_weight_tying");
    add(lora, Meaning.READ, "MoRA, of its paper's code", "use_mora", "mora_type");
    add(lora, Meaning.READ, "HydraLoRA, of its paper's code", "lora_nums");
    add(lora, Meaning.NO_EFFECT, "training of HydraLoRA", "blc_alpha", "blc_weight");
    // Older versions of PEFT, and ms-swift.
    add(lora, Meaning.REFUSED, "layers of which parts are adapted", "enable_lora");
    add(lora, Meaning.NO_EFFECT, "when weights are merged", "merge_weights");
    add(lora, Meaning.NO_EFFECT, "training", "lorap_lr_ratio", "lorap_emb_lr", "lora_dtype");
    return lora;
  }

  private static SortedMap<String, Field> adalora(SortedMap<String, Field> lora) {
    SortedMap<String, Field> adalora = new TreeMap<>(lora);
    add(adalora, Meaning.READ, "the scale", "init_r");
    add(adalora, Meaning.READ, "the directions that are left", "rank_pattern");
    add(adalora, Meaning.NO_EFFECT, "AdaLoRA does not ask for it", "r", "lora_bias");
    add(adalora, Meaning.NO_EFFECT, "AdaLoRA does not ask for it", "use_rslora", "alpha_pattern");
    add(adalora, Meaning.REFUSED, "which AdaLoRA has not got", "use_dora", "use_mora");
    add(adalora, Meaning.NO_EFFECT, "of use_mora", "mora_type");
    add(adalora, Meaning.REFUSED, "which AdaLoRA has not got", "lora_nums");
    add(adalora, Meaning.NO_EFFECT, "training", "target_r", "tinit", "tfinal", "deltaT");
    add(adalora, Meaning.NO_EFFECT, "training", "beta1", "beta2", "orth_reg_weight", "total_step");
    return adalora;
  }

  private static SortedMap<String, Field> ranked(SortedMap<String, Field> all) {
    SortedMap<String, Field> ranked = new TreeMap<>(all);
    add(ranked, Meaning.READ, "the scale", "r", "rank_pattern", "alpha", "alpha_pattern");
    add(ranked, Meaning.TENSORS, "cores are in the file", "use_effective_conv2d");
    add(ranked, Meaning.NO_EFFECT, "training", "rank_dropout", "module_dropout", "init_weights");
    return ranked;
  }

  private static void add(
      SortedMap<String, Field> rows, Meaning meaning, String why, String... names) {
    for (String name : names) {
      rows.put(name, new Field(meaning, why));
    }
  }

  /** The row of a field; empty if it is not known. */
  static Optional<Field> of(String type, String name) {
    return Optional.ofNullable(of(type).get(name));
  }

  /** All rows of an adapter type. */
  static SortedMap<String, Field> of(String type) {
    return Collections.unmodifiableSortedMap(TYPES.getOrDefault(type, new TreeMap<>()));
  }
}
