package dev.lora4j.core.adapter.training;

/** How the change of a layer follows from the tensors that are trained there. */
public sealed interface ChangeForm {
  /** Linear in them all together: the mean of changes is the change of the mean. */
  ChangeForm LINEAR = new Linear();

  /** See {@link #LINEAR}. */
  record Linear() implements ChangeForm {}

  /**
   * A multiple of {@code up down}, elements weighted by anything that is not trained.
   *
   * @param down part [rank, rest], with any division of the rest
   * @param up part [out, rank], with sizes of 1 after them
   */
  record Product(String down, String up) implements ChangeForm {}
}
