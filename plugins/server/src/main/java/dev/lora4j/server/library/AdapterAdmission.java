package dev.lora4j.server.library;

import java.io.IOException;
import java.util.Optional;

/**
 * Rule about which of the adapters in the folders may be used. What it refuses does not exist for
 * clients; the reason is for the operator's log.
 *
 * <p>May be used from several threads.
 */
public interface AdapterAdmission {
  /** Digest of an adapter that is computed when it is asked for. */
  @FunctionalInterface
  interface Digest {
    /**
     * SHA-256 of the adapter. Of a lone file it is that of its bytes. Of a folder it is that of the
     * text that {@code sha256sum adapter_config.json adapter_model.safetensors} prints in it: for
     * each file that is read, sorted by name, the hexadecimal digest, two spaces, the name, a line
     * feed.
     *
     * @return 32 bytes
     * @throws IOException if it cannot be read, or changes meanwhile
     */
    byte[] sha256() throws IOException;
  }

  /**
   * Why an adapter may not be used.
   *
   * @return a sentence for the operator; none if it may be used
   * @throws IOException if the digest has thrown it
   */
  Optional<String> refusal(AdapterFile file, Digest digest) throws IOException;

  /** Reads lists and keys again. If they cannot be read, all adapters are refused from then on. */
  default void refresh() {}

  /** Everything in the folders may be used. */
  static AdapterAdmission everything() {
    return (file, digest) -> Optional.empty();
  }
}
