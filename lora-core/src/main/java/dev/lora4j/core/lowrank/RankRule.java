package dev.lora4j.core.lowrank;

/**
 * Rule for the number of directions to keep at a site, by its singular values. The dynamic rules
 * are those of sd-scripts' {@code resize_lora.py}, by their definitions; {@link #asSdScripts} gives
 * the numbers of that program.
 *
 * @param kind the rule
 * @param value its parameter; without meaning for {@link Kind#FIXED} and {@link Kind#PRESENT}
 * @param most never more than this
 * @param extra added to what a dynamic rule gives
 */
public record RankRule(Kind kind, double value, int most, int extra) {
  /** The rules. */
  public enum Kind {
    /** The same rank at all sites. */
    FIXED,
    /** All directions with a singular value other than 0. */
    PRESENT,
    /** Singular values greater than the greatest divided by the value. */
    SV_RATIO,
    /** The least rank that keeps the value as a share of the Frobenius norm. */
    SV_FRO,
    /** The least rank that keeps the value as a share of the sum of singular values. */
    SV_CUMULATIVE
  }

  /** A site whose greatest singular value is no greater is taken as zero by sd-scripts. */
  private static final double NOTHING = 1e-6;

  /** Checks the numbers. */
  public RankRule {
    if (most < 1) {
      throw new IllegalArgumentException("a rank must be at least 1, found " + most);
    }
    boolean share = kind == Kind.SV_FRO || kind == Kind.SV_CUMULATIVE;
    if (share && !(value > 0 && value <= 1)) {
      throw new IllegalArgumentException("a share must be above 0 and at most 1, found " + value);
    }
    if (kind == Kind.SV_RATIO && !(value >= 1 && Double.isFinite(value))) {
      throw new IllegalArgumentException("a ratio must be at least 1, found " + value);
    }
  }

  /** A rule for the same rank at all sites; less where a site has less. */
  public static RankRule fixed(int rank) {
    return new RankRule(Kind.FIXED, 0, rank, 0);
  }

  /** A rule for another rank at each site; see {@link Kind}. */
  public static RankRule dynamic(Kind kind, double value) {
    return new RankRule(kind, value, Integer.MAX_VALUE, 0);
  }

  /** A copy that never keeps more than {@code rank}. */
  public RankRule atMost(int rank) {
    return new RankRule(kind, value, rank, extra);
  }

  /** A copy that counts as sd-scripts does: one more than the definition of a dynamic rule. */
  public RankRule asSdScripts() {
    return new RankRule(kind, value, most, 1);
  }

  /** Number of the greatest singular values that decide, with the norm of all. */
  int seen() {
    return kind == Kind.SV_CUMULATIVE ? Integer.MAX_VALUE : most;
  }

  /**
   * The rank for a site: at least 1, at most the number of values.
   *
   * @param spectrum its singular values, not multiplied by the scale
   */
  public int rank(Spectrum spectrum) {
    double[] singular = spectrum.values();
    int limit = Math.max(1, Math.min(most, singular.length));
    if (singular.length == 0 || singular[0] <= (extra > 0 ? NOTHING : 0)) {
      return 1;
    }
    int rank =
        switch (kind) {
          case FIXED -> limit;
          case PRESENT -> spectrum.rank();
          case SV_RATIO -> extra + above(singular, singular[0] / value);
          case SV_FRO -> extra + share(singular, value, 2, spectrum.rest());
          case SV_CUMULATIVE -> extra + share(singular, value, 1, 0);
        };
    return Math.max(1, Math.min(limit, rank));
  }

  private static int above(double[] singular, double limit) {
    int count = 0;
    while (count < singular.length && singular[count] > limit) {
      count++;
    }
    return count;
  }

  /**
   * The least count whose sum of powers is {@code part} of that of all, {@code rest} among them.
   */
  private static int share(double[] singular, double part, int power, double rest) {
    double total = Math.pow(rest, power);
    for (double s : singular) {
      total += Math.pow(s, power);
    }
    double sum = 0;
    for (int k = 0; k < singular.length; k++) {
      sum += Math.pow(singular[k], power);
      if (sum >= Math.pow(part, power) * total) {
        return k + 1;
      }
    }
    return singular.length;
  }
}
