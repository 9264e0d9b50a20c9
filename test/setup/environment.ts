// Newer CDK versions validate every synthesized app with a slow built-in check; the build's own check leaves it on.
process.env.CDK_VALIDATION ??= 'false';
