-- The grid supervisor (网格监督员, S4-05): sees the cases of the ground that the role names, and urges; handles nothing.
alter table identity.roles drop constraint roles_role_check;
alter table identity.roles add constraint roles_role_check check (role in (
    'clerk', 'unit_head', 'subdistrict_officer', 'subdistrict_coordinator', 'community_officer', 'grid_worker',
    'grid_supervisor', 'center_operator', 'center_leader', 'rule_owner', 'operator', 'inspector'
));
