package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Site;
import java.util.Optional;

/** A site that a checkpoint has, and where its weight and bias lie. */
record CheckpointLayer(Site site, Placement weight, Optional<Placement> bias) {}
