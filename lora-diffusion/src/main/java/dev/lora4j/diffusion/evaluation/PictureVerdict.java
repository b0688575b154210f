package dev.lora4j.diffusion.evaluation;

import dev.lora4j.diffusion.judge.PictureJudgement;
import java.util.Optional;

/**
 * What the judges say of a picture of an evaluation.
 *
 * @param asMade of the picture itself
 * @param desaturated of the same without its colours, a control; empty where an adapter took part
 */
public record PictureVerdict(PictureJudgement asMade, Optional<PictureJudgement> desaturated) {}
