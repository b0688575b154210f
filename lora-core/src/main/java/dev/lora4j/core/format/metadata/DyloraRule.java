package dev.lora4j.core.format.metadata;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.dylora.DyloraTraining;
import dev.lora4j.core.adapter.dylora.RankCut;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a trainer of DyLoRA scaled the first k directions, as the header of an adapter tells it. All
 * of them store a LoRA, whose readers multiply by {@code alpha / rank}.
 *
 * @param scaling whose rule
 * @param unit directions that come together
 */
public record DyloraRule(Scaling scaling, int unit) {
  /** The scale of the first k directions in training. */
  public enum Scaling {
    /** Of the paper's code, and ours: {@code alpha / k}. */
    ORIGINAL,
    /** Of sd-scripts' {@code networks.dylora}: {@code alpha / sqrt(rank k)}. */
    KOHYA,
    /** Of LyCORIS: alpha over the number of blocks, {@code alpha unit / k}. */
    LYCORIS
  }

  static final MetadataKey<Long> UNIT = MetadataKey.whole(DyloraTraining.UNIT);
  private static final MetadataKey<Long> CUT = MetadataKey.whole("lora4j_dylora_rank");
  private static final String KOHYA_MODULE = "networks.dylora";

  /** LyCORIS's default. */
  private static final int BLOCK_SIZE = 4;

  /** The rule by which an adapter with this header was trained; empty if not by DyLoRA. */
  public static Optional<DyloraRule> of(Metadata metadata) {
    SortedMap<String, String> arguments =
        metadata.get(KohyaKeys.NETWORK_ARGS).orElseGet(TreeMap::new);
    Optional<Long> own = metadata.get(UNIT);
    if (own.isPresent()) {
      return Optional.of(new DyloraRule(Scaling.ORIGINAL, Math.toIntExact(own.get())));
    }
    String module = metadata.get(KohyaKeys.NETWORK_MODULE).orElse("");
    if (module.equals(KOHYA_MODULE)) {
      return Optional.of(new DyloraRule(Scaling.KOHYA, number(arguments, "unit", 1)));
    }
    boolean lycoris = DyloraTraining.NAME.equalsIgnoreCase(arguments.getOrDefault("algo", ""));
    return lycoris
        ? Optional.of(new DyloraRule(Scaling.LYCORIS, number(arguments, "block_size", BLOCK_SIZE)))
        : Optional.empty();
  }

  private static int number(Map<String, String> arguments, String name, int otherwise) {
    String text = arguments.getOrDefault(name, "").strip();
    return text.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(text) : otherwise;
  }

  /** Rank that an adapter with this header was cut to; empty if it is whole. */
  public static Optional<Long> cut(Metadata metadata) {
    return metadata.get(CUT);
  }

  /** How many times as strong the whole adapter was in training as it is for its readers. */
  public double strength() {
    return scaling == Scaling.LYCORIS ? unit : 1;
  }

  /** The alpha with which readers give {@code used} of {@code rank} directions their scale. */
  public double alpha(double alpha, long rank, long used) {
    return switch (scaling) {
      case ORIGINAL -> alpha;
      case KOHYA -> alpha * Math.sqrt((double) used / rank);
      case LYCORIS -> alpha * unit;
    };
  }

  /**
   * An adapter's first directions, as strong as they were in training. The whole rank gives the
   * adapter at the strength of training too.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if it has not as many, or they come in units
   */
  public Adapter cut(Adapter adapter, long rank) {
    long most = RankCut.rank(adapter);
    if (rank % unit != 0 && rank != most && rank < most) {
      throw new AdapterException(
          adapter.name()
              + " was trained in units of "
              + unit
              + " directions; rank "
              + rank
              + " is within one. Nearest: "
              + Math.max(unit, rank / unit * unit)
              + ".");
    }
    Adapter cut = RankCut.of(adapter, rank, this::alpha);
    Metadata header = new Metadata(adapter.metadata()).withAll(kept()).with(CUT, rank);
    return cut.described(adapter.name(), header.entries());
  }

  /** Entries of a header that tell how an adapter that was cut is cut again. */
  public Metadata kept() {
    // With LyCORIS's unit in its alpha it follows the original's rule; kohya's rule has no entry
    // but the name of its module.
    return scaling == Scaling.KOHYA ? Metadata.EMPTY : Metadata.EMPTY.with(UNIT, (long) unit);
  }
}
