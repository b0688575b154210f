package dev.lora4j.hub.listing;

import java.net.URI;
import java.util.Optional;

/**
 * A file that can be fetched.
 *
 * @param path by which the hub lists it
 * @param size its length, where it is known
 * @param sha256 in lower-case hexadecimal, where it is known
 */
public record RemoteFile(String path, URI address, Optional<Size> size, Optional<String> sha256) {
  /**
   * A length that a hub lists.
   *
   * @param exact whether it is no rounded one
   */
  public record Size(long bytes, boolean exact) {}

  /** The last part of its path. */
  public String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** This file with the digest that it must have. */
  public RemoteFile withSha256(String digest) {
    return new RemoteFile(path, address, size, Optional.of(digest));
  }
}
