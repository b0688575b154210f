package dev.lora4j.core.mixer;

import java.util.SortedMap;

/**
 * All changes of all adapters together, each at weight 1. A parameter that an adapter does not
 * change, and another does, counts as changed by 0.
 */
public interface DeltaSurvey {
  /** Number of adapters. */
  int adapters();

  /** The name of an adapter. */
  String name(int adapter);

  /** The weight of an adapter at layers without a weight of their own. */
  double weight(int adapter);

  /**
   * The weight of an adapter at each parameter, by its name, whether the adapter changes it or not.
   */
  SortedMap<String, Double> weights(int adapter);

  /** Number of elements of the changed parameters. */
  long elements();

  /**
   * The magnitude that the share {@code density} of an adapter's numbers, rounded up to whole
   * numbers and at least one, has or exceeds: exact, over all parameters together.
   */
  double threshold(int adapter, double density);

  /**
   * The magnitude for each adapter that the share {@code density} of its coordinates in a basis,
   * counted as above, has or exceeds. Coordinates that stand for nothing are not counted.
   */
  double[] thresholds(double density, Coordinates.Basis basis);

  /** The inner product of two adapters' changes, over all parameters together. */
  double product(int a, int b);
}
