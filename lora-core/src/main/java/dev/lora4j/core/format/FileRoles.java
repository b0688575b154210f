package dev.lora4j.core.format;

import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import java.util.Map;

/** Roles that no method has, for tensors that files hold in another way than methods do. */
public final class FileRoles {
  /** PEFT's down factor of an embedding [r, entries]: our up factor [entries, r] transposed. */
  public static final String EMBEDDING_A = "lora_embedding_A";

  /** PEFT's up factor of an embedding [width, r]: our down factor [r, width] transposed. */
  public static final String EMBEDDING_B = "lora_embedding_B";

  /** MLX-LM's down factor [in, r]: ours transposed. */
  public static final String MLX_DOWN = "lora_a";

  /** MLX-LM's up factor [r, out]: ours transposed. */
  public static final String MLX_UP = "lora_b";

  /** A new weight as other programs have it, [in, out] of a layer that is {@code turned}. */
  public static final String TURNED_WEIGHT = "new_weight:turned";

  /** Prefix of the up factor of an adapter in GGUF whose rows lie in pairs; heads follow. */
  private static final String PAIRED = "lora_b:";

  private static final Map<String, String> CANONICAL =
      Map.of(
          MLX_DOWN,
          LoraMethod.DOWN,
          MLX_UP,
          LoraMethod.UP,
          EMBEDDING_A,
          LoraMethod.UP,
          EMBEDDING_B,
          LoraMethod.DOWN,
          TURNED_WEIGHT,
          ModulesToSaveMethod.WEIGHT);

  private FileRoles() {}

  /** Role of an up factor whose rows lie in the pairs of so many heads, as in GGUF. */
  public static String paired(int heads) {
    return PAIRED + heads;
  }

  /** Heads in whose pairs the rows of a role's tensor lie; 0 if they lie in no pairs. */
  public static int pairedHeads(String role) {
    return role.startsWith(PAIRED) ? Integer.parseInt(role.substring(PAIRED.length())) : 0;
  }

  /** The canonical role of the tensor that one of {@code role} goes into. */
  public static String canonical(String role) {
    return role.startsWith(PAIRED) ? LoraMethod.UP : CANONICAL.getOrDefault(role, role);
  }
}
