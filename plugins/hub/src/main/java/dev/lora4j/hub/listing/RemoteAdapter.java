package dev.lora4j.hub.listing;

import dev.lora4j.hub.web.Site;
import java.util.Optional;

/**
 * An adapter that can be fetched.
 *
 * @param name that it would have here, as its hub or author wrote it: anything at all
 * @param tensors the file with its tensors
 * @param config the configuration beside it, of one that is a folder as PEFT saves it
 * @param provenance where it is from
 * @param site that the files are asked of
 */
public record RemoteAdapter(
    String name,
    RemoteFile tensors,
    Optional<RemoteFile> config,
    Provenance provenance,
    Site site) {
  /** True if it is a folder as PEFT or MLX-LM saves it. */
  public boolean folder() {
    return config.isPresent();
  }

  /** This adapter under another name. */
  public RemoteAdapter withName(String other) {
    return new RemoteAdapter(other, tensors, config, provenance, site);
  }

  /** This adapter with the digest that its tensors' file must have. */
  public RemoteAdapter withSha256(String digest) {
    return new RemoteAdapter(name, tensors.withSha256(digest), config, provenance, site);
  }
}
