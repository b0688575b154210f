package dev.lora4j.diffusion.config;

/** Copies, on this machine, of what a run reads from stores. */
@FunctionalInterface
public interface StoreFiles {
  /** There are none: addresses are refused. */
  StoreFiles NONE =
      address -> {
        throw new IllegalArgumentException(
            "expected a path. lora4j spark train copies from stores; for other commands copy it"
                + " yourself");
      };

  /**
   * The path of a copy, which is made if it is not there yet.
   *
   * @param address as {@link StoreAddress} has it
   * @throws IllegalArgumentException if addresses are not taken, with what is expected
   */
  String here(String address);
}
