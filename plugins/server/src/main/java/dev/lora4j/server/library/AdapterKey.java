package dev.lora4j.server.library;

/**
 * Full name of an adapter: two of different owners are different, whatever they are called.
 *
 * @param owner whose it is; {@link Tenant#SHARED} if all may use it
 * @param name path within the owner's folder without {@code .safetensors}, with slashes, or the
 *     name that it was loaded under
 */
public record AdapterKey(Tenant owner, String name) {
  /** The last part of the name. */
  public String baseName() {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  @Override
  public String toString() {
    return owner.equals(Tenant.SHARED) ? name : name + " of " + owner;
  }
}
