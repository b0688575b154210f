package dev.lora4j.server.library;

/**
 * Full name of an adapter: two of different owners are different, whatever they are called.
 *
 * @param owner whose it is; {@link Tenant#SHARED} if all may use it
 * @param name path within the owner's folder without {@code .safetensors}, with slashes, or the
 *     name that it was loaded under
 */
public record AdapterKey(Tenant owner, String name) {
  /** Ending of the folder that a training makes beside its adapter. */
  private static final String RUN = ".run";

  /** The last part of the name. */
  public String baseName() {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /**
   * Returns true if it lies in the folder that a training keeps what it makes on the way in. Such
   * an adapter is for its run: it is not listed, and found by its whole name alone.
   */
  boolean ofRun() {
    return name.contains(RUN + "/");
  }

  @Override
  public String toString() {
    return owner.equals(Tenant.SHARED) ? name : name + " of " + owner;
  }
}
